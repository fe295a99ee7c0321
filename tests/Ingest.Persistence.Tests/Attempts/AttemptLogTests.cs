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
