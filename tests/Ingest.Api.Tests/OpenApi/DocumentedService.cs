using Ingest.Testing;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.OpenApi;

/// <summary>One service for the tests of its document, at the time of the examples.</summary>
public sealed class DocumentedService : IAsyncLifetime
{
    private readonly ShiftedTimeProvider _time = new();
    private TestDatabase? _database;

    public IngestService Service { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _time.Set(new DateTimeOffset(2026, 5, 15, 18, 31, 0, TimeSpan.Zero));
        _database = await TestDatabase.CreateAsync();
        Service = await InstanceAsync();
    }

    /// <summary>One more instance on the same database.</summary>
    public Task<IngestService> InstanceAsync(params (string Name, string Value)[] settings) => IngestService.StartAsync(_database!, _time, settings);

    public async ValueTask DisposeAsync()
    {
        if (Service is not null) await Service.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }
}
