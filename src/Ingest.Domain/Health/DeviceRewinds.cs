namespace Ingest.Domain.Health;

/// <summary>What a device was, is and will be asked to send again.</summary>
/// <param name="Past">The last ones, newest first.</param>
/// <param name="NextLookBackAt">When it is next asked for its last weeks, at the earliest.</param>
/// <param name="FullLookBackOn">From which day on that is asked for everything.</param>
public sealed record DeviceRewinds(
    PendingRewind? Pending, RequestedRewind? Requested, IReadOnlyList<PastRewind> Past, DateTimeOffset? NextLookBackAt, DateOnly? FullLookBackOn)
{
    public const int MostPast = 10;

    public static DeviceRewinds None { get; } = new(null, null, [], null, null);
}
