using System.Globalization;
using Ingest.Domain.Identity;

namespace Ingest.Domain.Health;

/// <summary>A verdict on a device's sync: the state, why in words for a person, and since when it holds.</summary>
public sealed record SyncHealth(SyncState State, string Reason, DateTimeOffset Since)
{
    /// <summary>A laptop that is closed for the night is not late.</summary>
    public static readonly TimeSpan LateAfter = TimeSpan.FromHours(24);

    /// <summary>A weekend and a day off are not silence.</summary>
    public static readonly TimeSpan SilentAfter = TimeSpan.FromDays(7);

    /// <summary>How long the price poll, hourly, vouches for a daemon that has nothing to send.</summary>
    public static readonly TimeSpan IdleAfter = TimeSpan.FromHours(1);

    /// <summary>A clock that is off by more than this shifts usage to other days.</summary>
    public static readonly TimeSpan WrongClock = TimeSpan.FromHours(1);

    /// <summary>Two machines with one id meet every few minutes; a day without a sign of the other one says that it has gone.</summary>
    public static readonly TimeSpan SharedFor = TimeSpan.FromHours(24);

    public static SyncHealth Of(DeviceFacts facts, DateTimeOffset now)
    {
        if (facts.Standing != DeviceStanding.Active) return Decided(facts);
        if (facts.FailingSince is { } failingSince)
        {
            var answer = $"{facts.LastHttpStatus} {facts.LastCode}: {facts.LastDetail}";
            return facts.LastStoredAt is null
                ? new SyncHealth(SyncState.Never, $"No envelope was ever accepted; the last answer was {answer}", failingSince)
                : new SyncHealth(SyncState.Failing, $"Envelopes are refused; the last answer was {answer}", failingSince);
        }

        if (facts.LastStoredAt is not { } stored) return new SyncHealth(SyncState.Never, "No envelope has arrived yet.", facts.FirstContactAt);

        if (facts.SharedSeenAt is { } shared && now - shared <= SharedFor)
        {
            return new SyncHealth(
                SyncState.SharedId,
                "Two machines use this device id: they overwrite each other's rows, and no sum of them is right. Find the machine whose cloud.toml was copied "
                + "and give it a device_id of its own.",
                shared);
        }

        var contact = facts.LastPolledAt > stored ? facts.LastPolledAt.Value : stored;
        var quiet = now - contact;
        if (quiet > SilentAfter) return new SyncHealth(SyncState.Silent, $"No contact for {(int)quiet.TotalDays} days: is the daemon running, is the machine in use?", contact);
        if (quiet > LateAfter) return new SyncHealth(SyncState.Late, $"No contact for {(int)quiet.TotalHours} hours; what was used since may still be on the device.", contact);
        var reason = contact - stored > IdleAfter ? "In contact; nothing new to send." : "In contact; the last envelope was accepted.";
        return new SyncHealth(SyncState.Healthy, reason + (ClockRemark(facts.ClockSkew) is { } clock ? " But its " + clock : ""), facts.HealthySince ?? stored);
    }

    /// <summary>A day counts as over when both clocks say so: a slow device clock holds the watermark back, a fast one dates usage into days to come.</summary>
    /// <returns>The end of a sentence that begins with "Its" or "But its"; null where the clock is right.</returns>
    public static string? ClockRemark(TimeSpan? skew) => skew switch
    {
        { } ahead when ahead > WrongClock => string.Create(CultureInfo.InvariantCulture, $"clock is {ahead.TotalHours:0.#} hours ahead of the server's: its usage lands on later days."),
        { } behind when behind < -WrongClock => string.Create(CultureInfo.InvariantCulture, $"clock is {-behind.TotalHours:0.#} hours behind the server's: its days are confirmed late."),
        _ => null,
    };

    /// <summary>Whatever else is the matter with it, its envelopes are not taken.</summary>
    private static SyncHealth Decided(DeviceFacts facts)
    {
        var because = facts.StandingReason is { } reason ? $" Why: {reason}" : "";
        var since = facts.StandingSince ?? facts.FirstContactAt;
        return facts.Standing == DeviceStanding.Paused
            ? new SyncHealth(SyncState.Paused, "Paused: the device keeps what it has until a manager lets it go on." + because, since)
            : new SyncHealth(SyncState.Revoked, "Revoked: nothing of the device is taken any more." + because, since);
    }
}
