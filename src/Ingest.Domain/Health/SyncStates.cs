namespace Ingest.Domain.Health;

public static class SyncStates
{
    /// <summary>
    /// Those first that somebody should look at first. A device that waits because somebody decided so holds back the rest, but is no fault; of one that
    /// was revoked nobody waits for anything.
    /// </summary>
    public static IReadOnlyList<SyncState> WorstFirst { get; } =
    [
        SyncState.Never, SyncState.Failing, SyncState.SharedId, SyncState.Silent, SyncState.Late, SyncState.Paused, SyncState.Healthy, SyncState.Revoked,
    ];

    private static readonly int[] Ranks = [.. Enum.GetValues<SyncState>().Select(state => WorstFirst.ToList().IndexOf(state))];

    /// <summary>Its place among <see cref="WorstFirst"/>.</summary>
    public static int Rank(this SyncState state) => Ranks[(int)state];
}
