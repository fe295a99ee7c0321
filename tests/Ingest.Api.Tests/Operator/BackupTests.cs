using System.Net;
using System.Text.Json;
using Ingest.Domain.Envelopes;
using Ingest.Testing;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Faults;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Operator;

/// <summary>The verbs backup and restore, beside a running service.</summary>
public sealed class BackupTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ingest-backup-").FullName;
    private TestDatabase _database = null!;
    private IngestService _service = null!;

    private string Archive => Path.Combine(_folder, "ingest.dump");

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _service = await IngestService.StartAsync(_database, null, ("Limits:RequestsPerMinute", "0"));
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_restored_server_is_in_maintenance_and_asks_every_device_for_all_it_has()
    {
        (await PostAsync("dev_one", 1)).Status.ShouldBe(HttpStatusCode.OK);
        (await PostAsync("dev_two", 1)).Status.ShouldBe(HttpStatusCode.OK);
        await _service.QueryAsync<int>("UPDATE devices SET confirmed_day = confirmed_day - 10 RETURNING 1");
        await VerbAsync(0, "backup", Archive);
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(Archive).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await PostAsync("dev_one", 5)).Status.ShouldBe(HttpStatusCode.OK);

        (await VerbAsync(1, "restore", Archive)).ShouldContain("holds data: 1 workspaces and 2 devices");
        (await VerbAsync(0, "restore", Archive, "--replace")).ShouldContain("2 devices are asked");
        await Eventually.TrueAsync(async () => (await PostAsync("dev_one", 5)).Status == HttpStatusCode.ServiceUnavailable, "maintenance");
        (await MissingAsync()).ShouldBe([("dev_one", "away"), ("dev_two", "away")]);

        await VerbAsync(0, "maintenance", "off");
        ServiceAnswer answer = null!;
        await Eventually.TrueAsync(async () => (answer = await PostAsync("dev_one", 5)).Status == HttpStatusCode.OK, "open");
        ((string?)answer["watermark"]).ShouldBe("1970-01-01");
        (await MissingAsync()).ShouldBe([("dev_one", "asked"), ("dev_two", "away")]);
        var restored = (await _service.StatusAsync("dev_one"))["restored"];
        ((DateTimeOffset)restored!["at"]!).ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(2));
        var held = (await _service.GetAsync("/v1/usage"))["held_back_by"]!.AsArray().Select(one => (string?)one!["device_id"]);
        held.ShouldBe(["dev_one", "dev_two"], ignoreOrder: true);

        // It goes back to its beginning, and comes to its head with the next envelope.
        await PostAsync("dev_one", 5, daysAgo: 30);
        (await MissingAsync()).ShouldBe([("dev_one", "sending"), ("dev_two", "away")]);
        await PostAsync("dev_one", 5);
        (await MissingAsync()).ShouldBe([("dev_two", "away")]);
        (await _service.StatusAsync("dev_one"))["restored"].ShouldBeNull();
        (await VerbAsync(0, "device", "missing")).ShouldContain("not in contact since");
    }

    [Fact]
    public async Task What_a_running_instance_has_in_memory_is_never_taken_for_what_was_restored()
    {
        await PostAsync("dev_one", 1);
        await VerbAsync(0, "backup", Archive);
        var revision = await RevisionAsync();

        // The very state that the instance knows comes back, but for a row.
        await VerbAsync(0, "restore", Archive, "--replace", "--open");
        (await RevisionAsync()).ShouldNotBe(revision);
        await _service.QueryAsync<int>("UPDATE daily_rollups SET message_count = 77 RETURNING 1");
        await Eventually.TrueAsync(async () => (await PostAsync("dev_one", 1)).Status == HttpStatusCode.OK, "open");
        await PostAsync("dev_one", 1, daysAgo: 30);
        await PostAsync("dev_one", 1);
        (await _service.QueryAsync<long>("SELECT message_count FROM daily_rollups")).ShouldBe([1L, 1L]);

        Task<List<Guid>> RevisionAsync() => _service.QueryAsync<Guid>("SELECT revision FROM devices");
    }

    [Fact]
    public async Task A_backup_that_cannot_be_restored_changes_nothing()
    {
        await PostAsync("dev_one", 1);
        await VerbAsync(0, "backup", Archive);
        (await VerbAsync(1, "backup", Archive)).ShouldContain("--replace");

        var damaged = Path.Combine(_folder, "damaged.dump");
        var bytes = await File.ReadAllBytesAsync(Archive);
        await File.WriteAllBytesAsync(damaged, bytes[..(bytes.Length - (bytes.Length / 4))]);
        (await VerbAsync(1, "restore", damaged, "--replace")).ShouldContain("ingest: ");
        await File.WriteAllTextAsync(damaged, "no archive");
        (await VerbAsync(1, "restore", damaged, "--replace")).ShouldContain("no backup that can be read");
        (await VerbAsync(1, "restore", Path.Combine(_folder, "none"), "--replace")).ShouldContain("There is no ");

        (await _service.QueryAsync<long>("SELECT message_count FROM daily_rollups")).ShouldBe([1L]);
        (await PostAsync("dev_one", 2)).Status.ShouldBe(HttpStatusCode.OK, "and not in maintenance");
    }

    [Fact]
    public async Task A_backup_of_a_newer_version_and_a_database_of_somebody_else_are_refused()
    {
        await using (var newer = _database.DataSource.CreateCommand("INSERT INTO schema_migrations VALUES (9999, '9999_later', decode('00', 'hex'), now())")) await newer.ExecuteNonQueryAsync();
        await VerbAsync(0, "backup", Archive);
        (await VerbAsync(1, "restore", Archive, "--replace")).ShouldContain("another version of Ingest, with 9999_later");

        await using var theirs = await TestDatabase.CreateAsync(migrate: false);
        await using (var table = theirs.DataSource.CreateCommand("CREATE TABLE invoices (id int)")) await table.ExecuteNonQueryAsync();
        (await VerbOnAsync(theirs, 1, "restore", Archive, "--replace")).ShouldContain("1 tables that are not Ingest's");
        (await VerbOnAsync(theirs, 1, "backup", Archive, "--replace")).ShouldContain("nothing to back up");
    }

    [Fact]
    public async Task A_database_that_was_restored_by_other_means_is_made_safe_to_go_on_from()
    {
        await PostAsync("dev_one", 1);
        (await VerbAsync(0, "restore", "--done")).ShouldContain("One device is asked");
        await Eventually.TrueAsync(async () => (await PostAsync("dev_one", 1)).Status == HttpStatusCode.ServiceUnavailable, "maintenance");
        await VerbAsync(2, "restore");
        await VerbAsync(2, "restore", Archive, "--done");
    }

    [Fact]
    [Fault(FaultArea.Operations, "Backup while envelopes are stored, then restored into an empty database", "P3")]
    public async Task A_backup_under_load_holds_whole_envelopes_only()
    {
        using var stop = new CancellationTokenSource();
        var posted = 0;
        var posting = Enumerable.Range(0, 4).Select(device => Task.Run(async () =>
        {
            for (var round = 1; !stop.IsCancellationRequested; round++)
            {
                (await PostAsync($"dev_{device}", round, rows: 20)).Status.ShouldBe(HttpStatusCode.OK);
                Interlocked.Increment(ref posted);
            }
        })).ToArray();
        var backups = FaultRun.Times(3, 20);
        for (var i = 0; i < backups; i++)
        {
            await Eventually.TrueAsync(() => Task.FromResult(Volatile.Read(ref posted) > 20 * (i + 1)), "load");
            await VerbAsync(0, "backup", Archive, "--replace");
            await using var empty = await TestDatabase.CreateAsync(migrate: false);
            await VerbOnAsync(empty, 0, "restore", Archive);

            // Every row of an envelope carries its number: a day with two of them is half of one envelope and half of another.
            await using var torn = empty.DataSource.CreateCommand("SELECT count(*) FROM (SELECT FROM daily_rollups GROUP BY device_id HAVING count(DISTINCT message_count) > 1 OR count(*) <> 20) AS t");
            (await torn.ExecuteScalarAsync()).ShouldBe(0L);
            await using var there = empty.DataSource.CreateCommand("SELECT count(DISTINCT device_id) FROM daily_rollups");
            (await there.ExecuteScalarAsync()).ShouldBe(4L);
        }

        await stop.CancelAsync();
        await Task.WhenAll(posting);
        FaultRun.Report($"{backups} backups", $"{posted} envelopes stored meanwhile, 0 torn in a backup, 0 refused");
    }

    private Task<ServiceAnswer> PostAsync(string device, long messages, int daysAgo = 0, int rows = 1)
    {
        var envelope = EnvelopeBuilder.For(IngestService.WorkspaceId).Device(device).SyncedAt(TimeProvider.System.GetUtcNow());
        var day = Day.Of(TimeProvider.System.GetUtcNow()).AddDays(-daysAgo);
        for (var row = 0; row < rows; row++)
        {
            var model = $"model-{row}";
            envelope.Rollup(day, rollup => rollup.Model(model).Messages(messages));
        }

        return _service.PostAsync(envelope);
    }

    private async Task<(string, string)[]> MissingAsync()
    {
        using var list = JsonDocument.Parse(await VerbAsync(0, "device", "missing", "--format", "json"));
        return [.. list.RootElement.GetProperty("devices").EnumerateArray().Select(one => (one.GetProperty("device_id").GetString()!, one.GetProperty("stage").GetString()!))];
    }

    private Task<string> VerbAsync(int code, params string[] arguments) => VerbOnAsync(_database, code, arguments);

    private static async Task<string> VerbOnAsync(TestDatabase database, int code, params string[] arguments)
    {
        var run = await OperatorRun.RunAsync([new("ConnectionStrings:Ingest", database.ConnectionString)], arguments);
        run.Code.ShouldBe(code, run.Error);
        return run.Output + run.Error;
    }
}
