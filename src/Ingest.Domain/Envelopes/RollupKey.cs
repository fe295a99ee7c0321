namespace Ingest.Domain.Envelopes;

/// <summary>The natural key of a rollup within its device; <c>surface</c> belongs to it (C§5 F).</summary>
public readonly record struct RollupKey(DateOnly BucketDay, string Role, string Provider, string Model, string RepoId, string GitBranch, string Surface)
    : IComparable<RollupKey>
{
    /// <summary>The order of the primary key, which is also the order rows are locked and digested in.</summary>
    public int CompareTo(RollupKey other)
    {
        var order = BucketDay.CompareTo(other.BucketDay);
        if (order == 0) order = KeyText.Compare(Role, other.Role);
        if (order == 0) order = KeyText.Compare(Provider, other.Provider);
        if (order == 0) order = KeyText.Compare(Model, other.Model);
        if (order == 0) order = KeyText.Compare(RepoId, other.RepoId);
        if (order == 0) order = KeyText.Compare(GitBranch, other.GitBranch);
        if (order == 0) order = KeyText.Compare(Surface, other.Surface);
        return order;
    }

    public static bool operator <(RollupKey left, RollupKey right) => left.CompareTo(right) < 0;

    public static bool operator >(RollupKey left, RollupKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(RollupKey left, RollupKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(RollupKey left, RollupKey right) => left.CompareTo(right) >= 0;
}
