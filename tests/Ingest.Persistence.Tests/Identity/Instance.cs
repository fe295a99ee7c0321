using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Ingest.Persistence.Tests.Identity;

/// <summary>The part of one running service that knows keys: its own cache and its own channel.</summary>
internal sealed class Instance : IAsyncDisposable
{
    private readonly KeyDirectory _directory;
    private readonly RevocationListener? _listener;

    private Instance(NpgsqlDataSource dataSource, NpgsqlDataSource? channel, TimeProvider time)
    {
        Cache = new KeyCache(time);
        _directory = new KeyDirectory(dataSource, Cache, new KeyList(dataSource, time), new KeyUseRecorder(dataSource, time), time);
        if (channel is not null) _listener = new RevocationListener(channel, Cache, time, NullLogger<RevocationListener>.Instance);
    }

    public KeyCache Cache { get; }

    /// <summary>Starts one, and waits until its channel, if it has one, is heard.</summary>
    public static async Task<Instance> StartAsync(NpgsqlDataSource dataSource, NpgsqlDataSource? channel, TimeProvider? time = null)
    {
        var instance = new Instance(dataSource, channel, time ?? TimeProvider.System);
        if (instance._listener is null) return instance;

        await instance._listener.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => Task.FromResult(instance.Cache.IsChannelTrusted), "the channel is proven");
        return instance;
    }

    public async Task<KeyLookup> FindAsync(string? key, CancellationToken? cancellation = null) =>
        await _directory.FindAsync(key, cancellation ?? TestContext.Current.CancellationToken);

    public async Task<KeyLookupOutcome> ListedAsync(string? key) => (await _directory.FindListedAsync(key, TestContext.Current.CancellationToken)).Outcome;

    public async Task<KeyLookupOutcome> OutcomeAsync(string? key) => (await FindAsync(key)).Outcome;

    public async ValueTask DisposeAsync()
    {
        if (_listener is not null)
        {
            await _listener.StopAsync(CancellationToken.None);
            _listener.Dispose();
        }

        _directory.Dispose();
    }
}
