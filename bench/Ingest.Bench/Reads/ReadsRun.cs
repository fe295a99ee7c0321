using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Ingest.Bench.Cluster;
using Ingest.Bench.Load;
using Ingest.Bench.Measuring;
using Npgsql;

namespace Ingest.Bench.Reads;

/// <summary>What people wait for when they look: one request after the other, over one workspace that holds everything.</summary>
internal sealed partial class ReadsRun(TextWriter output, TextWriter error)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly string[] Dimensions = ["day", "device", "member", "provider", "model", "repo", "branch", "ticket", "surface", "role"];

    /// <returns>Whether every address was answered.</returns>
    public async Task<bool> RunAsync(BenchOptions options, CancellationToken cancellation)
    {
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        var days = (int)Math.Max(1, options.Rows[^1] / ((long)options.Devices * ReadsDatabase.RowsPerDay));
        await using var cluster = await BenchCluster.StartAsync(cancellation);
        await output.WriteLineAsync($"{await Machine.LookAsync(cluster, cancellation)}");
        var text = $"one workspace of {options.Devices} devices with {days} days of {ReadsDatabase.RowsPerDay} rollups: {(long)days * options.Devices * ReadsDatabase.RowsPerDay}";
        await error.WriteLineAsync("making " + text);
        await ReadsDatabase.CreateAsync(cluster, "reads", options.Devices, days, today, cancellation);
        await using var service = await ServiceProcess.StartAsync(options.Service, cluster.ConnectionTo("reads"), cancellation);
        var address = new Uri($"http://{service.Address}");
        using var api = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address, Timeout = Patience };
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ReadsDatabase.Key);
        using var pages = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = address, Timeout = Patience };
        await SignInAsync(pages, cancellation);
        var device = await DeviceAsync(cluster, cancellation);

        await output.WriteLineAsync(text);
        await output.WriteLineAsync($"{"milliseconds",-44} {"p50",9} {"p95",9} {"max",9} {"bytes",10}");
        var isFine = await OnceAsync(api, "first of all, row by row", "/v1/usage?by=model", cancellation);
        await PreparedAsync(cluster, Math.Min(days, 30), cancellation);
        isFine &= await OnceAsync(api, "first from copies", "/v1/usage?by=model", cancellation);

        foreach (var dimension in Dimensions) isFine &= await ManyAsync(api, $"usage by {dimension}, 30 days", $"/v1/usage?by={dimension}", options, cancellation);
        isFine &= await ManyAsync(api, "usage by day and model", "/v1/usage?by=day,model", options, cancellation);
        isFine &= await ManyAsync(api, "usage by branch of one repository", "/v1/usage?by=branch&repo_id=host/team/repo-7", options, cancellation);
        isFine &= await ManyAsync(api, "usage by repo and branch", "/v1/usage?by=repo,branch", options, cancellation);
        isFine &= await ManyAsync(api, "usage by model, compared with the 30 before", "/v1/usage?by=model&compare=previous", options, cancellation);
        isFine &= await ManyAsync(api, "usage by model of one device", $"/v1/usage?by=model&device_id={device}", options, cancellation);
        isFine &= await ManyAsync(api, "sessions, first page", "/v1/sessions", options, cancellation);
        isFine &= await ManyAsync(api, "sessions of a provider", "/v1/sessions?provider=codex", options, cancellation);
        isFine &= await ManyAsync(api, "sessions of a device", $"/v1/sessions?device_id={device}", options, cancellation);
        isFine &= await ManyAsync(pages, "page: the fleet", "/", options, cancellation);
        isFine &= await ManyAsync(pages, "page: a device", $"/devices/{device}", options, cancellation);
        isFine &= await ManyAsync(pages, "page: usage", "/usage", options, cancellation);
        await output.WriteLineAsync($"memory of the service: {Process.GetProcessById(service.ProcessId).WorkingSet64 / 1e6:0} MB");
        return isFine;
    }

    private static async Task<string> DeviceAsync(BenchCluster cluster, CancellationToken cancellation)
    {
        await using var database = NpgsqlDataSource.Create(cluster.ConnectionTo("reads", asAdministrator: true));
        await using var command = database.CreateCommand("SELECT device_id FROM devices ORDER BY device_id LIMIT 1");
        return (string)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Waits until the copies are made that the first answer asked for.</summary>
    private static async Task PreparedAsync(BenchCluster cluster, int days, CancellationToken cancellation)
    {
        await using var database = NpgsqlDataSource.Create(cluster.ConnectionTo("reads", asAdministrator: true));
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < Patience)
        {
            await using var command = database.CreateCommand("SELECT count(*) FROM usage_blocks");
            if (await command.ExecuteScalarAsync(cancellation) is long made && made >= days) return;
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellation);
        }
    }

    private static async Task SignInAsync(HttpClient pages, CancellationToken cancellation)
    {
        var form = await pages.GetStringAsync(new Uri("/sign-in", UriKind.Relative), cancellation);
        var fields = HiddenFields().Matches(form).Select(field => KeyValuePair.Create(field.Groups["name"].Value, WebUtility.HtmlDecode(field.Groups["value"].Value))).DistinctBy(field => field.Key, StringComparer.Ordinal);
        using var content = new FormUrlEncodedContent(fields.Append(KeyValuePair.Create("key", ReadsDatabase.Key)));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = content };
        request.Headers.Add("Origin", pages.BaseAddress!.GetLeftPart(UriPartial.Authority));
        using var answer = await pages.SendAsync(request, cancellation);
        if ((int)answer.StatusCode != 303) throw new BenchException($"Signing in was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellation)}");
    }

    private async Task<bool> OnceAsync(HttpClient client, string name, string path, CancellationToken cancellation) => await TimeAsync(client, name, path, 1, 0, cancellation);

    private async Task<bool> ManyAsync(HttpClient client, string name, string path, BenchOptions options, CancellationToken cancellation) =>
        await TimeAsync(client, name, path, options.IsQuick ? 2 : 60, options.IsQuick ? 0 : 5, cancellation);

    private async Task<bool> TimeAsync(HttpClient client, string name, string path, int times, int before, CancellationToken cancellation)
    {
        var latencies = new Latencies();
        var bytes = 0;
        for (var time = -before; time < times; time++)
        {
            var started = Stopwatch.GetTimestamp();
            using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), cancellation);
            var body = await answer.Content.ReadAsByteArrayAsync(cancellation);
            if (!answer.IsSuccessStatusCode)
            {
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name,-44} answered {(int)answer.StatusCode}"));
                return false;
            }

            if (time >= 0) latencies.Add(Stopwatch.GetTimestamp() - started);
            bytes = body.Length;
        }

        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{name,-44} {latencies.Percentile(0.5),9:0.0} {latencies.Percentile(0.95),9:0.0} {latencies.Percentile(1),9:0.0} {bytes,10}"));
        return true;
    }

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]+)" value="(?<value>[^"]*)" />""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex HiddenFields();
}
