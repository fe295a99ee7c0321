using System.Text;
using Ingest.Domain.Identity;
using Ingest.Persistence.Keys;
using Ingest.Persistence.Workspaces;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Identity;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Api.Tests;

/// <summary>The whole service on a database of its own, shared by the tests of one class, each with a device of its own.</summary>
public sealed class ServiceFixture : IAsyncLifetime
{
    /// <summary>What the service's clock shows when it starts: shortly after the stamp of every envelope that sets none.</summary>
    public static readonly DateTimeOffset Start = EnvelopeBuilder.DefaultSyncedAt.AddSeconds(5);

    public static readonly DateOnly Today = DateOnly.FromDateTime(Start.UtcDateTime);

    public TestDatabase Database { get; private set; } = null!;

    public ShiftedTimeProvider Time { get; } = new();

    public IngestService Service { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Time.Set(Start);
        Database = await TestDatabase.CreateAsync();
        Service = await InstanceAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Service is not null) await Service.DisposeAsync();
        if (Database is not null) await Database.DisposeAsync();
    }

    /// <summary>One more instance of the service on the same database.</summary>
    public Task<IngestService> InstanceAsync(params (string Name, string Value)[] settings) => IngestService.StartAsync(Database, Time, settings);

    public static string NewDevice() => Guid.NewGuid().ToString();

    /// <summary>A device that is known with an older history, so that nothing is asked of it when it goes on.</summary>
    public async Task<string> KnownDeviceAsync()
    {
        var device = NewDevice();
        (await Service.PostAsync(Envelope(device, Start.AddDays(-30)).Rollup(Today.AddDays(-40)))).ShouldBeStored();
        return device;
    }

    public static EnvelopeBuilder Envelope(string device, DateTimeOffset? syncedAt = null) =>
        EnvelopeBuilder.For(IngestService.WorkspaceId).Device(device).SyncedAt(syncedAt ?? EnvelopeBuilder.DefaultSyncedAt);

    /// <summary>A client with a new key of a new person.</summary>
    public async Task<HttpClient> ClientAsync(string person, UserRole role = UserRole.Member, string workspaceId = IngestService.WorkspaceId)
    {
        if (workspaceId != IngestService.WorkspaceId) await Service.Services.GetRequiredService<WorkspaceStore>().CreateAsync(Actor.Operator, workspaceId, workspaceId);
        return await FellowAsync(person, role, workspaceId);
    }

    /// <summary>The same in a workspace that is there already.</summary>
    public async Task<HttpClient> FellowAsync(string person, UserRole role, string workspaceId) =>
        Service.ClientWith((await Service.Services.GetRequiredService<KeyStore>().CreateKeyAsync(workspaceId, role, person)).Key);

    /// <summary>Rows of a table as JSON texts, one a row, in the order of the columns named.</summary>
    public Task<List<string>> RowsAsync(string table, string device, string order) =>
        Service.QueryAsync<string>($"SELECT to_jsonb(t)::text FROM {table} AS t WHERE device_id = '{device}' ORDER BY {order}");

    public async Task<long> CountAsync(string table, string device) =>
        (await Service.QueryAsync<long>($"SELECT count(*) FROM {table} WHERE device_id = '{device}'"))[0];

    /// <summary>Every stored row of a device with the version it is stored as: equal only if nothing was written at all.</summary>
    public async Task<string> VersionsAsync(string device)
    {
        var versions = new StringBuilder();
        foreach (var table in DataTables)
        {
            var rows = await Service.QueryAsync<string>(
                $"SELECT t.ctid || ' ' || t.xmin || ' ' || t::text FROM {table} AS t WHERE device_id = '{device}' ORDER BY t.ctid");
            versions.AppendLine(table).AppendJoin('\n', rows).AppendLine();
        }

        return versions.ToString();
    }

    public static IReadOnlyList<string> DataTables { get; } =
        ["devices", "device_days", "daily_rollups", "session_summaries", "window_summaries", "quarantined_rows"];
}
