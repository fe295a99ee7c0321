using Ingest.Domain.Health;
using Ingest.Persistence.Attempts;
using Ingest.Testing.Postgres;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingest.Persistence.Tests.Attempts;

public sealed class AttemptLogTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 14, 18, 30, 0, TimeSpan.Zero);

    /// <summary>One text that slipped through would otherwise end the service, or hold up every attempt after it for ever.</summary>
    [Theory]
    [InlineData("half a pair \ud800")]
    [InlineData("a zero \0")]
    public async Task An_attempt_that_cannot_be_written_is_given_up_and_the_next_ones_are_written(string detail)
    {
        await using var database = await TestDatabase.CreateAsync();
        using var log = new AttemptLog(database.DataSource, new DeviceContacts(TimeProvider.System), TimeProvider.System, NullLogger<AttemptLog>.Instance);
        await log.StartAsync(TestContext.Current.CancellationToken);
        log.Record(Attempt("bad", detail));
        await Eventually.TrueAsync(
            async () =>
            {
                log.Record(Attempt("good", "plain"));
                return await CountAsync(database) > 0;
            },
            "an attempt after the bad one is written");
        await log.StopAsync(TestContext.Current.CancellationToken);
        log.ExecuteTask!.IsFaulted.ShouldBeFalse();
    }

    [Fact]
    public async Task Equal_attempts_count_as_one_for_a_day_at_most()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var log = new AttemptLog(database.DataSource, new DeviceContacts(TimeProvider.System), TimeProvider.System, NullLogger<AttemptLog>.Instance);
        await log.StartAsync(TestContext.Current.CancellationToken);
        var first = Attempt("d", "same");
        for (var hours = 0; hours <= 48; hours += 8) log.Record(first with { AttemptId = Guid.NewGuid(), ReceivedAt = Now.AddHours(hours) });
        await log.StopAsync(TestContext.Current.CancellationToken);

        await using var command = database.DataSource.CreateCommand("SELECT string_agg(attempts::text, ',' ORDER BY received_at) FROM sync_attempts");
        (await command.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe("3,3,1");
    }

    [Fact]
    public async Task That_a_device_goes_on_as_before_is_written_every_ten_seconds_and_news_at_once()
    {
        await using var database = await TestDatabase.CreateAsync();
        await ExecuteAsync(database, $"INSERT INTO devices (workspace_id, device_id, owner_user_id, first_contact_at) VALUES ('ws_local', 'd', '{Guid.NewGuid()}', now())");
        var time = new ManualTimeProvider(Now);
        using var log = new AttemptLog(database.DataSource, new DeviceContacts(time), time, NullLogger<AttemptLog>.Instance);
        await log.StartAsync(TestContext.Current.CancellationToken);
        log.Record(Attempt("good", ""));
        await Eventually.TrueAsync(
            async () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(10));
                return await CountAsync(database) > 0;
            },
            "its timer runs");
        var first = Attempt("d", "") with { HttpStatus = 200, Code = null, Detail = null };
        log.Record(first);
        await FlushedAsync(database, log, time);
        (await TellAsync(database)).ShouldBe("1 at 0 s, contact at 0 s");

        for (var seconds = 1; seconds < 10; seconds++)
        {
            Again(seconds);
            await FlushedAsync(database, log, time);
            (await TellAsync(database)).ShouldBe("1 at 0 s, contact at 0 s");
        }

        Again(10);
        await FlushedAsync(database, log, time);
        (await TellAsync(database)).ShouldBe("11 at 10 s, contact at 10 s");

        // It falls silent: what was counted until then is written all the same.
        Again(11);
        await FlushedAsync(database, log, time);
        (await TellAsync(database)).ShouldBe("11 at 10 s, contact at 10 s");
        time.Advance(DeviceContacts.Lazily);
        await FlushedAsync(database, log, time);
        (await TellAsync(database)).ShouldBe("12 at 11 s, contact at 11 s");

        Again(12, attempt => attempt with { HttpStatus = 422, Code = "invalid_envelope" });
        await FlushedAsync(database, log, time);
        (await TellAsync(database)).ShouldBe("12 at 11 s, 1 at 12 s, contact at 12 s");
        Again(13);
        await FlushedAsync(database, log, time);
        (await TellAsync(database)).ShouldBe("12 at 11 s, 1 at 12 s, 1 at 13 s, contact at 13 s");
        await log.StopAsync(TestContext.Current.CancellationToken);

        void Again(int seconds, Func<SyncAttempt, SyncAttempt>? otherwise = null)
        {
            var attempt = first with { AttemptId = Guid.NewGuid(), ReceivedAt = Now.AddSeconds(seconds) };
            log.Record(otherwise is null ? attempt : otherwise(attempt));
        }
    }

    /// <summary>Waits for a flush that began after everything recorded until now.</summary>
    private static async Task FlushedAsync(TestDatabase database, AttemptLog log, ManualTimeProvider time)
    {
        var marker = Attempt("marker", Guid.NewGuid().ToString());
        log.Record(marker);
        time.Advance(TimeSpan.FromMilliseconds(250));
        await Eventually.TrueAsync(() => ReadAsync<bool>(database, $"SELECT count(*) > 0 FROM sync_attempts WHERE attempt_id = '{marker.AttemptId}'"), "a flush is over");
    }

    private static Task<string> TellAsync(TestDatabase database) => ReadAsync<string>(database, $"""
        SELECT (SELECT string_agg(attempts || ' at ' || extract(epoch FROM last_received_at - '{Now:O}')::int || ' s', ', ' ORDER BY received_at) FROM sync_attempts WHERE device_id = 'd')
            || (SELECT ', contact at ' || extract(epoch FROM last_attempt_at - '{Now:O}')::int || ' s' FROM device_contacts WHERE device_id = 'd')
        """);

    private static async Task ExecuteAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<T> ReadAsync<T>(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private static async Task<long> CountAsync(TestDatabase database)
    {
        await using var command = database.DataSource.CreateCommand("SELECT count(*) FROM sync_attempts WHERE device_id = 'good'");
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private static SyncAttempt Attempt(string device, string detail) => new()
    {
        WorkspaceId = "ws_local",
        DeviceId = device,
        AttemptId = Guid.NewGuid(),
        KeyId = Guid.NewGuid(),
        ReceivedAt = Now,
        Duration = TimeSpan.FromMilliseconds(1),
        HttpStatus = 422,
        Code = "invalid_envelope",
        Detail = detail,
    };
}
