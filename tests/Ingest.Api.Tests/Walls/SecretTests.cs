using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Text;
using Ingest.Api.Tests.Operator;
using Ingest.Api.Tests.Pages;
using Ingest.Api.Tests.Plumbing;
using Ingest.Domain.Identity;
using Ingest.Persistence.Enrolments;
using Ingest.Persistence.Invites;
using Ingest.Persistence.Keys;
using Ingest.Persistence.Members;
using Ingest.Persistence.Pages;
using Ingest.Testing.Identity;
using Ingest.Testing;
using Ingest.Testing.Faults;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ingest.Api.Tests.Walls;

/// <summary>A key, a password: told to whoever sends it, and to nobody who reads what the service says.</summary>
public sealed class SecretTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Fault(FaultArea.Walls, "reading keys and passwords out of logs, answers, traces and exceptions", "P8")]
    public async Task No_secret_is_in_anything_the_service_says()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var relay = new Relay(database.ConnectionString);
        var (own, unknown, member) = (ApiKeyText.Generate().Text, ApiKeyText.Generate().Text, "");
        var opened = new List<string>();
        var onPages = new List<string>();
        var (code, token) = ("", "");
        var said = new ConcurrentQueue<(string Where, string Text)>();
        using var traces = Listen(said);
        AppDomain.CurrentDomain.FirstChanceException += Note;
        using var log = new RecordedLog();
        var (answers, password) = (0, new NpgsqlConnectionStringBuilder(relay.ConnectionString).Password!);
        password.Length.ShouldBeGreaterThan(8, "a short one would be found everywhere");
        try
        {
            await using var service = await IngestService.StartAsync(
                database, null, ("ConnectionStrings:Ingest", relay.ConnectionString), ("Bootstrap:ApiKey", own), ("Logging:LogLevel:Default", "Trace"));
            service.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
            await Eventually.TrueAsync(async () => (await service.GetAsync("/health/ready")).Status == HttpStatusCode.OK, "the service is ready");
            member = (await service.Services.GetRequiredService<KeyStore>().CreateKeyAsync(IngestService.WorkspaceId, UserRole.Member, "ada")).Key;

            code = (await service.Services.GetRequiredService<EnrolmentStore>().CreateAsOperatorAsync(IngestService.WorkspaceId, "bob", new EnrolmentWish(), Cancellation)).Code;
            token = (await service.Services.GetRequiredService<InviteStore>().CreateAsync(IngestService.WorkspaceId, Actor.Operator, new InviteWish(), Cancellation)).Token;

            for (var round = 0; round < FaultRun.Times(1, 10); round++) await UseAsync(service, [own, unknown, member], Told);
            await BeMalformedAsync(service, [own, unknown, member, code, token], Told);
            await OpenAsync(service, code, token, opened, Told);
            onPages.AddRange(await VisitPagesAsync(service, own));

            // A statement that fails, and what it says of itself; then no database at all.
            await service.QueryAsync<string>("ALTER TABLE session_summaries ADD CONSTRAINT none_at_all CHECK (message_count < 0) NOT VALID");
            await UseAsync(service, [own], Told);
            relay.Cut();
            await UseAsync(service, [own, unknown, member], Told);
            await OpenAsync(service, code, token, opened, Told);
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Note;
        }

        await VerbsAsync(database, own, member, Told);
        foreach (var (category, _, text) in log.Lines) said.Enqueue(($"log {category}", text));
        said.Enqueue(("docs/openapi.json", Repository.Read("docs/openapi.json")));

        string[] secrets = [.. new[] { own, unknown, member }.Concat(opened).SelectMany(Forms), .. FormsOfCode(code), .. FormsOfToken(token), .. onPages, password];
        opened.Count.ShouldBe(2);
        said.Where(each => secrets.Any(secret => each.Text.Contains(secret, StringComparison.OrdinalIgnoreCase)))
            .Select(each => $"{each.Where}: {secrets.Aggregate(each.Text, (text, secret) => text.Replace(secret, "<the secret>", StringComparison.OrdinalIgnoreCase))}")
            .Distinct().ShouldBeEmpty();

        var (traced, thrown) = (said.Count(each => each.Where == "trace"), said.Count(each => each.Where == "exception"));
        log.Lines.Count.ShouldBeGreaterThan(200);
        answers.ShouldBeGreaterThan(30);
        traced.ShouldBeGreaterThan(20);
        thrown.ShouldBeGreaterThan(5);
        FaultRun.Report($"{answers} answers", $"no secret in them, in {log.Lines.Count} log lines, {traced} spans, {thrown} exceptions, or what the verbs print");

        void Told(string where, string text)
        {
            if (where == "answer") answers++;
            said.Enqueue((where, text));
        }

        // Kestrel quotes the header that it refuses, in an exception that goes no further than its own log; and that is searched above.
        void Note(object? sender, FirstChanceExceptionEventArgs thrown)
        {
            if (thrown.Exception is not (Xunit.Sdk.XunitException or BadHttpRequestException)) said.Enqueue(("exception", $"{thrown.Exception.GetType()} {thrown.Exception.Message}"));
        }
    }

    [Fact]
    public void The_examples_of_the_document_hold_no_key_that_could_be_one()
    {
        var document = Repository.Read("docs/openapi.json");
        for (var at = document.IndexOf(ApiKeyText.Scheme, StringComparison.Ordinal); at >= 0; at = document.IndexOf(ApiKeyText.Scheme, at + 1, StringComparison.Ordinal))
        {
            var length = 0;
            while (char.IsAsciiLetterOrDigit(document[at + length]) || document[at + length] is '_' or '-') length++;
            length.ShouldBeLessThanOrEqualTo(ApiKeyText.PrefixLength, document.Substring(at, length));
        }
    }

    private static async Task UseAsync(IngestService service, string[] keys, Action<string, string> told)
    {
        foreach (var key in keys)
        {
            using var client = service.ClientWith(key);
            foreach (var path in (string[])["/v1/whoami", "/v1/ingest/status?device_id=d", "/v1/ingest/attempts", "/v1/usage?from=2026-05-01&to=2026-05-20", "/v1/nothing", "/v1/ingest/manifest"])
                await TellAsync(await client.GetAsync(new Uri(path, UriKind.Relative), Cancellation), told);
            foreach (var body in (string[])[ServiceFixture.Envelope("d").Rollup(ServiceFixture.Today).Session("s").ToJson(), "{", "{\"schema_version\": 9}", key])
            {
                using var content = new StringContent(body, Encoding.UTF8, "application/json");
                await TellAsync(await client.PostAsync(new Uri("/v1/ingest", UriKind.Relative), content, Cancellation), told);
            }
        }
    }

    /// <summary>A session by a key and one by a link, whose tokens only the cookies and the link itself hold.</summary>
    private static async Task<List<string>> VisitPagesAsync(IngestService service, string key)
    {
        var secrets = new List<string>();
        using (var visitor = await Visitor.SignedInAsync(service, key))
        {
            secrets.Add(visitor.Cookies[Visitor.SessionCookie]);
            foreach (var path in (string[])["/", "/usage", "/connect", "/?token=" + secrets[0]]) (await visitor.GetAsync(path)).Dispose();
        }

        using var guest = new Visitor(service);
        var person = await service.Services.GetRequiredService<MemberStore>().MeantByAsync(IngestService.WorkspaceId, "ada", Cancellation);
        var link = await service.Services.GetRequiredService<SignInLinkStore>().CreateAsOperatorAsync(IngestService.WorkspaceId, person.UserId, Cancellation);
        var address = "/sign-in/link?token=" + link.Token;
        secrets.Add(link.Token);
        foreach (var proof in (string[])["wrong", await guest.ProofAsync(address), await guest.ProofAsync(address)])
            (await guest.PostAsync("/sign-in/link", [("form_proof", proof), ("token", link.Token)])).Dispose();
        secrets.Add(guest.Cookies[Visitor.SessionCookie]);
        return secrets;
    }

    /// <summary>A code and a token, used well and badly.</summary>
    private static async Task OpenAsync(IngestService service, string code, string token, List<string> opened, Action<string, string> told)
    {
        foreach (var target in (string[])[$"/v1/enroll/{code}", $"/v1/enroll?code={code}", $"/v1/invites/{token}", $"/v1/invites/accept?token={token}"])
            told("answer", await RawAsync(service, $"POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));

        using var client = service.ClientWithoutKey();
        foreach (var (place, body) in new[]
        {
            ("/v1/enroll", $$"""{"code":"{{code}}X"}"""), ("/v1/enroll", $$"""{"code":"{{code}}" """), ("/v1/enroll", code),
            ("/v1/enroll", $$"""{"code":"{{code}}","device_id":"a b"}"""), ("/v1/enroll", $$"""{"code":"{{code}}"}"""), ("/v1/enroll", $$"""{"code":"{{code.ToLowerInvariant()}}"}"""),
            ("/v1/invites/accept", $$"""{"token":"{{token}}X","name":"x"}"""), ("/v1/invites/accept", token), ("/v1/invites/accept", $$"""{"token":"{{token}}"}"""),
            ("/v1/invites/accept", $$"""{"token":"{{token}}","name":"carol"}"""), ("/v1/invites/accept", $$"""{"token":"{{token}}","name":"dave"}"""),
        })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            var answer = await client.PostAsync(new Uri(place, UriKind.Relative), content, Cancellation);
            if (answer.StatusCode == HttpStatusCode.Created) opened.Add((await ServiceAnswer.ReadAsync(answer)).Text("key")!);
            else await TellAsync(answer, told);
        }
    }

    /// <summary>What no well-behaved client sends: the server's own words about it are the ones to fear.</summary>
    private static async Task BeMalformedAsync(IngestService service, string[] keys, Action<string, string> told)
    {
        foreach (var key in keys)
        {
            foreach (var lines in (string[])
            [
                $"Authorization: {key}\r\n", $"Authorization: Basic {key}\r\n", $"Authorization: Bearer {key} {key}\r\n", $"Authorization: Bearer {key}x\r\n",
                $"Authorization: Bearer {key}\r\nAuthorization: Bearer {key}\r\n", $"Authorization: Bearer {key[..^1]}\r\n", $"Authorization Bearer {key}\r\n",
                $"Authorization: Bearer {key}\0\r\n", $"Authorization : Bearer {key}\r\n", $"Authorization: Bearer {key}\r\n folded: {key}\r\n", $" Bearer {key}\r\n",
                $"Authorization: Bearer {key}\r\nContent-Length: {key}\r\n", $"Authorization: Bearer {key}\r\nTransfer-Encoding: {key}\r\n", $"Authorization: Bearer {key}\u0001\n\r\n",
                $"Authorization: Bearer {key}\r\nHost: {key}\r\n", $"X-Key: {key}\r\n",
            ])
            {
                told("answer", await RawAsync(service, $"GET /v1/whoami HTTP/1.1\r\nHost: x\r\n{lines}Connection: close\r\n\r\n"));
            }

            told("answer", await RawAsync(service, $"{key} /v1/whoami HTTP/1.1\r\nHost: x\r\n\r\n"));
            told("answer", await RawAsync(service, $"GET /v1/whoami {key}\r\nHost: x\r\n\r\n"));
        }
    }

    private static async Task VerbsAsync(TestDatabase database, string own, string member, Action<string, string> told)
    {
        KeyValuePair<string, string?>[] settings =
        [
            new("ConnectionStrings:Ingest", database.ConnectionString), new("Bootstrap:WorkspaceId", IngestService.WorkspaceId), new("Bootstrap:ApiKey", own),
        ];
        foreach (var arguments in (string[][])
        [
            ["key", "list"], ["key", "list", "--format", "json"], ["key", "revoke", member[..ApiKeyText.PrefixLength]], ["key", "revoke", "budi_nobody12"], ["migrate"], ["maintenance", "on"],
            ["device", "rewind", "nobody"], ["enrolment", "list"], ["invite", "list", "--format", "json"], ["audit", "list", "--since", "2020-01-01"], ["workspace", "create", "--name", "x", "--id", IngestService.WorkspaceId],
        ])
        {
            var (_, output, error) = await OperatorRun.RunAsync(settings, arguments);
            told("verb", output + error);
        }

        settings[0] = new("ConnectionStrings:Ingest", new NpgsqlConnectionStringBuilder(database.ConnectionString) { Host = "127.0.0.1", Port = 1 }.ConnectionString);
        var (code, _, away) = await OperatorRun.RunAsync(settings, "key", "list");
        code.ShouldBe(1);
        told("verb", away);
    }

    /// <summary>The key, its secret part, and what else gives it away.</summary>
    private static IEnumerable<string> Forms(string key)
    {
        yield return key[ApiKeyText.PrefixLength..];
        yield return Convert.ToBase64String(Encoding.UTF8.GetBytes(key))[..40];
        yield return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
    }

    /// <summary>Its first group people may see.</summary>
    private static IEnumerable<string> FormsOfCode(string code) =>
        [code[6..], code[6..].Replace("-", "", StringComparison.Ordinal), Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(code.Replace("-", "", StringComparison.Ordinal))))];

    private static IEnumerable<string> FormsOfToken(string token) => [token[11..], Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(token)))];

    private static async Task TellAsync(HttpResponseMessage answer, Action<string, string> told)
    {
        using (answer) told("answer", $"{answer}{await answer.Content.ReadAsStringAsync(Cancellation)}");
    }

    private static async Task<string> RawAsync(IngestService service, string request)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, service.Address.Port, Cancellation);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), Cancellation);
        socket.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        try
        {
            return await reader.ReadToEndAsync(Cancellation);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static ActivityListener Listen(ConcurrentQueue<(string Where, string Text)> said)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => said.Enqueue(("trace", $"{span.DisplayName} {span.StatusDescription} "
                + string.Join(' ', span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"))
                + string.Join(' ', span.Events.SelectMany(each => each.Tags).Select(tag => $"{tag.Key}={tag.Value}"))
                + string.Join(' ', span.Baggage.Select(item => $"{item.Key}={item.Value}")))),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
