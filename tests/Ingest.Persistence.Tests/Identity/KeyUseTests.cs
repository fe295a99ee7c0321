using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Keys;
using Ingest.Testing.Identity;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Ingest.Persistence.Tests.Identity;

public sealed class KeyUseTests : IAsyncLifetime
{
    private readonly SteppedTime _time = new();
    private IdentityDatabase _database = null!;
    private CreatedKey _key = null!;
    private Caller _caller = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await IdentityDatabase.CreateAsync();
        _key = await _database.AddKeyAsync();
        _caller = CallerOf(_key);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Use_and_polls_are_written_behind_to_the_right_key()
    {
        var idle = await _database.AddKeyAsync();
        var recorder = new KeyUseRecorder(_database.DataSource, _time);

        recorder.Polled(_caller);
        var polled = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromSeconds(1));
        recorder.Used(_caller);
        await FlushAsync(recorder);

        var listed = await ListedAsync(_key);
        listed.LastUsedAt.ShouldBe(_time.GetUtcNow());
        listed.LastPolledAt.ShouldBe(polled);
        (await ListedAsync(idle)).LastUsedAt.ShouldBeNull();
    }

    [Fact]
    public async Task A_busy_key_is_written_once_in_half_a_minute()
    {
        var recorder = new KeyUseRecorder(_database.DataSource, _time);
        recorder.Used(_caller);
        await FlushAsync(recorder);
        var first = _time.GetUtcNow();

        _time.Advance(TimeSpan.FromSeconds(29));
        recorder.Used(_caller);
        await FlushAsync(recorder);
        (await ListedAsync(_key)).LastUsedAt.ShouldBe(first);

        var last = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromSeconds(1));
        await FlushAsync(recorder);
        (await ListedAsync(_key)).LastUsedAt.ShouldBe(last);
    }

    [Fact]
    public async Task What_could_not_be_written_is_kept_and_written_later()
    {
        var recorder = new KeyUseRecorder(_database.DataSource, _time);
        recorder.Used(_caller);
        await _database.ExecuteAsync("ALTER TABLE api_keys RENAME TO away");
        await Should.ThrowAsync<PostgresException>(() => FlushAsync(recorder));

        await _database.ExecuteAsync("ALTER TABLE away RENAME TO api_keys");
        await FlushAsync(recorder);

        (await ListedAsync(_key)).LastUsedAt.ShouldBe(_time.GetUtcNow());
    }

    [Fact]
    public async Task A_time_never_goes_back()
    {
        var ahead = _time.GetUtcNow().AddHours(1);
        await _database.ExecuteAsync($"UPDATE api_keys SET last_used_at = '{ahead:O}'");
        var recorder = new KeyUseRecorder(_database.DataSource, _time);

        recorder.Used(_caller);
        await FlushAsync(recorder);

        (await ListedAsync(_key)).LastUsedAt.ShouldBe(ahead);
    }

    [Fact]
    public async Task The_last_use_is_written_when_the_service_stops()
    {
        var recorder = new KeyUseRecorder(_database.DataSource, _time);
        using var flusher = new KeyUseFlusher(recorder, _time, NullLogger<KeyUseFlusher>.Instance);
        await flusher.StartAsync(CancellationToken.None);
        recorder.Used(_caller);
        await Eventually.TrueAsync(async () => (await ListedAsync(_key)).LastUsedAt is not null, "the first use is written");

        _time.Advance(TimeSpan.FromSeconds(1));
        recorder.Used(_caller);
        await flusher.StopAsync(CancellationToken.None);

        (await ListedAsync(_key)).LastUsedAt.ShouldBe(_time.GetUtcNow());
    }

    private static Caller CallerOf(CreatedKey key) => new(key.WorkspaceId, key.KeyId, Guid.Empty, key.Role, key.Prefix, Completeness.Auto);

    private static Task FlushAsync(KeyUseRecorder recorder) => recorder.FlushAsync(everything: false, TestContext.Current.CancellationToken);

    private async Task<ListedKey> ListedAsync(CreatedKey key) =>
        (await _database.Keys.ListAsync(key.WorkspaceId)).Single(listed => listed.KeyId == key.KeyId);
}
