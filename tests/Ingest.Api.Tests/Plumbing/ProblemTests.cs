using System.Text.RegularExpressions;
using Ingest.Api.Errors;
using Ingest.Domain;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ingest.Api.Tests.Plumbing;

public sealed class ProblemTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_unknown_address_is_a_problem_that_names_it()
    {
        await using var server = await PlumbingServer.StartAsync();
        var response = await server.Client.GetAsync(new Uri("/v1/nothing", UriKind.Relative), Cancellation);
        var body = await response.ShouldBeProblemAsync(404, "not_found");
        body.GetProperty("detail").GetString()!.ShouldContain("/v1/nothing");
        body.GetProperty("retryable").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task A_wrong_method_is_a_problem_with_an_Allow_header()
    {
        await using var server = await PlumbingServer.StartAsync();
        var response = await server.Client.DeleteAsync(new Uri("/echo", UriKind.Relative), Cancellation);
        await response.ShouldBeProblemAsync(405, "method_not_allowed");
        response.Content.Headers.Allow.ShouldBe(["POST"]);
    }

    [Fact]
    public async Task A_database_that_is_away_is_503_with_Retry_After_and_tells_nothing()
    {
        await using var server = await PlumbingServer.StartAsync();
        server.ToThrow = new StoreUnavailableException("Host=db;Password=hunter2");
        var response = await server.Client.GetAsync(new Uri("/throw", UriKind.Relative), Cancellation);
        var body = await response.ShouldBeProblemAsync(503, "store_unavailable");
        response.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
        body.GetProperty("retryable").GetBoolean().ShouldBeTrue();
        body.GetRawText().ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task A_fault_of_ours_is_503_and_the_log_knows_its_attempt()
    {
        await using var server = await PlumbingServer.StartAsync();
        server.ToThrow = new InvalidOperationException("a secret of the inside");
        var response = await server.Client.GetAsync(new Uri("/throw", UriKind.Relative), Cancellation);
        var body = await response.ShouldBeProblemAsync(503, "internal");
        body.GetRawText().ShouldNotContain("a secret of the inside");
        var attempt = body.GetProperty("attempt_id").GetString()!;
        server.Log.Lines.ShouldContain(line => line.Level == LogLevel.Error && line.Text.Contains(attempt) && line.Text.Contains("a secret of the inside"));
    }

    [Theory]
    [InlineData(400, 400, "bad_request")]
    [InlineData(408, 408, "request_timeout")]
    [InlineData(413, 413, "body_too_large")]
    public async Task What_Kestrel_refuses_keeps_its_status(int thrown, int status, string code)
    {
        await using var server = await PlumbingServer.StartAsync();
        server.ToThrow = new BadHttpRequestException("bad", thrown);
        var response = await server.Client.GetAsync(new Uri("/throw", UriKind.Relative), Cancellation);
        await response.ShouldBeProblemAsync(status, code);
    }

    [Fact]
    public async Task At_most_fifty_errors_travel_and_the_rest_is_counted()
    {
        await using var server = await PlumbingServer.StartAsync();
        var response = await server.Client.GetAsync(new Uri("/many-errors", UriKind.Relative), Cancellation);
        var body = await response.ShouldBeProblemAsync(422, "invalid_rows");
        body.GetProperty("errors").GetArrayLength().ShouldBe(50);
        body.GetProperty("errors")[3].GetProperty("path").GetString().ShouldBe("payload.daily_rollups[3].role");
        body.GetProperty("errors_truncated").GetInt32().ShouldBe(10);
        body.GetProperty("detail").GetString().ShouldBe("Bad \"rows\" of größe");
    }

    [Fact]
    public async Task Every_answer_carries_a_new_attempt_id_in_order_of_time()
    {
        await using var server = await PlumbingServer.StartAsync();
        var ids = new List<Guid>();
        foreach (var path in new[] { "/health/live", "/nothing", "/keyed/me" })
        {
            var response = await server.Client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
            ids.Add(Guid.Parse(response.Headers.GetValues("Ingest-Attempt-Id").Single()));
        }

        ids.ShouldBeUnique();
        ids.ShouldAllBe(id => id.Version == 7);
        ids.Select(id => id.ToString()[..13]).ShouldBeInOrder();
    }

    [Theory]
    [InlineData("//health//live")]
    [InlineData("/health///live")]
    [InlineData("////health/live")]
    public async Task Duplicate_slashes_are_read_as_one_and_never_redirected(string path)
    {
        await using var server = await PlumbingServer.StartAsync();
        await using var connection = await server.ConnectAsync();
        await connection.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), Cancellation);
        using var reader = new StreamReader(connection);
        (await reader.ReadToEndAsync(Cancellation)).ShouldStartWith("HTTP/1.1 200");
    }

    [Fact]
    public void The_list_is_closed_and_sound()
    {
        var declared = typeof(ProblemCode).GetFields().Where(field => field.FieldType == typeof(ProblemCode)).Select(field => (ProblemCode)field.GetValue(null)!);
        ProblemCode.All.ShouldBe(declared, ignoreOrder: true);
        ProblemCode.All.Select(code => code.Code).ShouldBeUnique();
        ProblemCode.All.ShouldBe(ProblemCode.All.OrderBy(code => code.Status).ThenBy(code => code.Code, StringComparer.Ordinal));
        foreach (var code in ProblemCode.All)
        {
            Regex.IsMatch(code.Code, "^[a-z]+(?:_[a-z]+)*$", RegexOptions.None, TimeSpan.FromSeconds(1)).ShouldBeTrue(code.Code);
            (code.Status is (>= 400 and < 500) or 503).ShouldBeTrue($"{code} would be a 5xx a daemon cannot tell from a bug");
            (code.RetryAfterSeconds is not null).ShouldBe(code.Status is 429 or 503, code.Code);
            code.Remedy.ShouldNotBeNullOrWhiteSpace();
        }
    }

    [Fact]
    public void The_page_of_errors_is_the_list()
    {
        var rows = ProblemCode.All.Select(code => string.Join(" | ",
            $"| `{code.Code}`", code.Status, code.Title, code.Retryable ? "yes" : "no", code.RetryAfterSeconds is { } seconds ? $"{seconds} s" : "", code.Remedy + " |"));
        DocumentTable.ShouldHold("errors.md", rows);
    }
}
