using Ingest.Testing;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.OpenApi;

/// <summary>One service for the tests of its document, at the time of the examples.</summary>
public sealed class DocumentedService : IAsyncLifetime
{
    private TestDatabase? _database;

    public IngestService Service { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var time = new ShiftedTimeProvider();
        time.Set(new DateTimeOffset(2026, 5, 15, 18, 31, 0, TimeSpan.Zero));
        _database = await TestDatabase.CreateAsync();
        Service = await IngestService.StartAsync(_database, time);
    }

    public async ValueTask DisposeAsync()
    {
        if (Service is not null) await Service.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }
}
