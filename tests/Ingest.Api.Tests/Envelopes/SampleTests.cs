using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Envelopes;

/// <summary>Envelopes as real daemons send them, compared with what stands in Postgres, column by column, by arithmetic of the test's own.</summary>
public sealed partial class SampleTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    public static TheoryData<string> Files()
    {
        var files = new TheoryData<string>();
        foreach (var name in new[] { "v1-daemon-8.3.12.json", "v2-daemon-8.5.3.json", "v3-title-and-vitals.json", "v4-windows.json" }) files.Add(name);
        foreach (var path in Folder() is { } folder ? Directory.GetFiles(folder, "*.json") : [])
        {
            if (!files.Any(row => row.Data == Path.GetFileName(path))) files.Add(Path.GetFileName(path));
        }

        return files;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_row_of_a_real_envelope_is_stored_exactly_as_sent(string file)
    {
        var json = (await ReadAsync(file)).Replace("ws_local", IngestService.WorkspaceId, StringComparison.Ordinal);
        var sent = JsonDocument.Parse(json).RootElement;
        var device = sent.GetProperty("device_id").GetString()!;
        var payload = sent.GetProperty("payload");
        var rollups = payload.GetProperty("daily_rollups").EnumerateArray().ToList();
        var sessions = payload.GetProperty("session_summaries").EnumerateArray().ToList();
        var windows = payload.TryGetProperty("window_summaries", out var array) ? array.EnumerateArray().ToList() : [];

        var answer = (await fixture.Service.PostAsync(json)).ShouldBeStored();

        answer["accepted"]!.GetValue<bool>().ShouldBeTrue();
        // Next to no history at first contact: another server may have the rest, so all of it is asked for.
        answer.Text("watermark").ShouldBe(rollups.Count == 0 ? null : "1970-01-01");
        answer["records_upserted"]!.GetValue<int>().ShouldBe(rollups.Count + sessions.Count + windows.Count);
        answer["daily_rollups_upserted"]!.GetValue<int>().ShouldBe(rollups.Count);
        answer["session_summaries_upserted"]!.GetValue<int>().ShouldBe(sessions.Count);
        answer["window_summaries_upserted"]!.GetValue<int>().ShouldBe(windows.Count);

        var envelope = new Dictionary<string, string?>
        {
            ["workspace_id"] = IngestService.WorkspaceId,
            ["device_id"] = device,
            ["clock_epoch"] = "0",
            ["sent_at"] = At(sent.GetProperty("synced_at").GetString()),
            ["attempt_id"] = answer.Text("attempt_id"),
        };
        await ShouldHoldAsync("daily_rollups", device, rollups.Select(row => Rollup(row, envelope)));
        await ShouldHoldAsync("session_summaries", device, sessions.Select(row => Session(row, envelope)));
        await ShouldHoldAsync("window_summaries", device, windows.Select(row => Window(row, envelope)));
        await ShouldHoldAsync("device_days", device, rollups.GroupBy(row => row.GetProperty("bucket_day").GetString()!).Select(day => Day(day.Key, day.ToList(), envelope)), "digest", "received_at", "in_block");

        var status = (await fixture.Service.StatusAsync(device)).ShouldBeStored();
        status["total_rollup_records"]!.GetValue<long>().ShouldBe(rollups.Count);
        status["total_session_records"]!.GetValue<long>().ShouldBe(sessions.Count);
        status["total_window_records"]!.GetValue<long>().ShouldBe(windows.Count);
        status["quarantined_rows"]!.GetValue<long>().ShouldBe(0);
        status.Text("label").ShouldBe(sent.GetProperty("label").GetString() is { Length: > 0 } label ? label : null);
        status.Text("watermark").ShouldBe(rollups.Count == 0 ? null : "2026-05-11");
        status.Text("health.state").ShouldBe("healthy");
    }

    private async Task ShouldHoldAsync(string table, string device, IEnumerable<Dictionary<string, string?>> expected, params string[] except)
    {
        var stored = (await fixture.RowsAsync(table, device, "1")).Select(text =>
        {
            var row = JsonNode.Parse(text)!.AsObject().ToDictionary(column => column.Key, column => Text(column.Key, column.Value));
            foreach (var column in except) row.Remove(column);
            return Line(row);
        }).Order(StringComparer.Ordinal);
        stored.ShouldBe(expected.Select(Line).Order(StringComparer.Ordinal));
    }

    private static string Line(Dictionary<string, string?> row) =>
        string.Join('\n', row.OrderBy(column => column.Key, StringComparer.Ordinal).Select(column => $"{column.Key} = {column.Value ?? "null"}"));

    private static Dictionary<string, string?> Rollup(JsonElement row, Dictionary<string, string?> envelope)
    {
        var expected = From(envelope, "workspace_id", "device_id", "attempt_id");
        expected["ghosted_at"] = null;
        Copy(row, expected, "bucket_day", "role", "provider", "model", "repo_id", "git_branch", "ticket", "ticket_source");
        Copy(row, expected, "message_count", "input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens");
        expected["surface"] = String(row, "surface") ?? "unknown";
        expected["cost_ingested"] = Units(row, "cost_cents_ingested") ?? Units(row, "cost_cents");
        expected["cost_effective"] = Units(row, "cost_cents_effective") ?? expected["cost_ingested"];
        return expected;
    }

    private static Dictionary<string, string?> Session(JsonElement row, Dictionary<string, string?> envelope)
    {
        var expected = From(envelope, "workspace_id", "device_id", "clock_epoch", "sent_at", "attempt_id");
        Copy(row, expected, "session_id", "provider", "duration_ms", "repo_id", "git_branch", "ticket", "ticket_source", "message_count");
        Copy(row, expected, "total_input_tokens", "total_output_tokens", "primary_model", "title");
        foreach (var vital in new[] { "context_drag", "cache_efficiency", "thrashing", "cost_acceleration" })
        {
            Copy(row, expected, $"vital_{vital}_state");
            expected[$"vital_{vital}_metric"] = Measure(row, $"vital_{vital}_metric");
        }

        Copy(row, expected, "vital_overall_state");
        expected["surface"] = String(row, "surface") ?? "unknown";
        expected["total_cost"] = Units(row, "total_cost_cents");
        expected["ended_at"] = At(String(row, "ended_at"));
        expected["started_at"] = At(String(row, "started_at")) ?? expected["ended_at"] ?? envelope["sent_at"];
        expected["last_active_day"] = (expected["ended_at"] ?? expected["started_at"])![..10];
        return expected;
    }

    private static Dictionary<string, string?> Window(JsonElement row, Dictionary<string, string?> envelope)
    {
        var expected = From(envelope, "workspace_id", "device_id", "clock_epoch", "sent_at", "attempt_id");
        Copy(row, expected, "provider", "surface", "message_count", "input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens");
        expected["started_at"] = At(String(row, "started_at"));
        expected["ended_at"] = At(String(row, "ended_at"));
        expected["duration_minutes"] = Measure(row, "duration_minutes");
        expected["burn_rate_cents_per_minute"] = Measure(row, "burn_rate_cents_per_minute");
        expected["is_active"] = row.GetProperty("is_active").GetBoolean() ? "true" : "false";
        expected["hit_rate_limit"] = row.GetProperty("hit_rate_limit").GetBoolean() ? "true" : "false";
        expected["cost"] = Units(row, "cost_cents");
        return expected;
    }

    private static Dictionary<string, string?> Day(string day, List<JsonElement> rows, Dictionary<string, string?> envelope)
    {
        var expected = From(envelope, "workspace_id", "device_id", "clock_epoch", "sent_at", "attempt_id");
        string Sum(Func<JsonElement, string?> number) => rows.Sum(row => long.Parse(number(row)!)).ToString();
        expected["bucket_day"] = day;
        expected["digest_version"] = "1";
        foreach (var none in new[] { "kept_rows", "ghost_rows", "flips", "changes" }) expected[none] = "0";
        foreach (var never in new[] { "digest_before", "flipped_at", "changed_after_close_at", "shrunk_at", "gone_at", "expired_at", "restored_at" }) expected[never] = null;
        expected["rollup_rows"] = rows.Count.ToString();
        foreach (var count in new[] { "message_count", "input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens" })
        {
            expected[count] = Sum(row => row.GetProperty(count).GetRawText());
        }

        expected["cost_ingested"] = Sum(row => Units(row, "cost_cents_ingested") ?? Units(row, "cost_cents"));
        expected["cost_effective"] = Sum(row => Units(row, "cost_cents_effective") ?? Units(row, "cost_cents_ingested") ?? Units(row, "cost_cents"));
        return expected;
    }

    private static Dictionary<string, string?> From(Dictionary<string, string?> envelope, params string[] names) => names.ToDictionary(name => name, name => envelope[name]);

    private static void Copy(JsonElement row, Dictionary<string, string?> expected, params string[] names)
    {
        foreach (var name in names) expected[name] = row.TryGetProperty(name, out var value) ? (value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText()) : null;
    }

    private static string? String(JsonElement row, string name) => row.TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <summary>Units of 1/10000 cent, half to even, by decimal arithmetic over the text that was sent.</summary>
    private static string? Units(JsonElement row, string name) => !row.TryGetProperty(name, out var value)
        ? null
        : Math.Round(decimal.Parse(value.GetRawText(), NumberStyles.Float) * 10_000m, MidpointRounding.ToEven).ToString("0");

    private static string? Measure(JsonElement row, string name) => row.TryGetProperty(name, out var value) ? value.GetDouble().ToString("R") : null;

    /// <summary>Microseconds, the rest cut off, in UTC.</summary>
    private static string? At(string? text) => text is null
        ? null
        : DateTimeOffset.Parse(Microseconds().Replace(text, "${kept}")).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff");

    private static string? Text(string column, JsonNode? value) => value switch
    {
        null => null,
        _ when value.GetValueKind() == JsonValueKind.String => column.EndsWith("_at", StringComparison.Ordinal) ? At(value.GetValue<string>()) : value.GetValue<string>(),
        _ when column.EndsWith("_metric", StringComparison.Ordinal) || column is "duration_minutes" or "burn_rate_cents_per_minute" => value.GetValue<double>().ToString("R"),
        _ => value.ToJsonString(),
    };

    internal static async Task<string> ReadAsync(string file)
    {
        if (Folder() is not { } folder)
        {
            if (Environment.GetEnvironmentVariable("CI") is { Length: > 0 } ci && ci != "false")
                throw new DirectoryNotFoundException("CI is set, so the samples may not be missing: shared/samples belongs beside the repository.");
            Assert.Skip("The samples are not there: shared/samples belongs beside the repository.");
            return "";
        }

        return await File.ReadAllTextAsync(Path.Combine(folder, file));
    }

    private static string? Folder()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Ingest.sln"))) root = root.Parent;
        var folder = root?.Parent is { } beside ? Path.Combine(beside.FullName, "shared", "samples") : null;
        return Directory.Exists(folder) ? folder : null;
    }

    [GeneratedRegex(@"(?<kept>\.\d{6})\d+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Microseconds();
}
