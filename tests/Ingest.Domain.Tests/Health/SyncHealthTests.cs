using Ingest.Domain.Health;

namespace Ingest.Domain.Tests.Health;

public sealed class SyncHealthTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 14, 18, 30, 0, TimeSpan.Zero);

    private static readonly DeviceFacts Shared = new(Now.AddDays(-40), Now, null, null, Now.AddDays(-3), 200, null, null, null, Now.AddHours(-1));

    [Fact]
    public void A_shared_id_is_worse_than_silence_and_better_than_refusals()
    {
        SyncHealth.Of(Shared, Now).State.ShouldBe(SyncState.SharedId);
        SyncHealth.Of(Shared with { LastStoredAt = Now.AddHours(-30) }, Now).State.ShouldBe(SyncState.SharedId);
        SyncHealth.Of(Shared with { FailingSince = Now.AddMinutes(-5), LastHttpStatus = 422 }, Now).State.ShouldBe(SyncState.Failing);
        SyncHealth.Of(Shared with { LastStoredAt = null }, Now).State.ShouldBe(SyncState.Never);
    }

    [Theory]
    [InlineData(24, SyncState.SharedId)]
    [InlineData(24.01, SyncState.Healthy)]
    public void A_day_without_a_sign_of_the_other_machine_ends_it(double hours, SyncState state) =>
        SyncHealth.Of(Shared with { SharedSeenAt = Now.AddHours(-hours) }, Now).State.ShouldBe(state);

    [Fact]
    public void The_reason_says_what_to_do()
    {
        var health = SyncHealth.Of(Shared, Now);
        health.Reason.ShouldContain("device_id of its own");
        health.Since.ShouldBe(Shared.SharedSeenAt!.Value);
    }
}
