namespace Ingest.Simulator.Daemon;

/// <summary>What tells the rollups of one day apart on the device: its primary key without the day (C§4).</summary>
internal sealed record RowKey(string Role, string Provider, string Model, string RepoId, string GitBranch, string Surface)
{
    /// <summary>What stands for a missing model, repository or branch in rollups; sessions leave the field out.</summary>
    public const string Untagged = "(untagged)";

    /// <summary>Text by text, bytewise.</summary>
    public static Comparer<RowKey> Order { get; } = Comparer<RowKey>.Create((a, b) =>
    {
        var order = string.CompareOrdinal(a.Role, b.Role);
        if (order == 0) order = string.CompareOrdinal(a.Provider, b.Provider);
        if (order == 0) order = string.CompareOrdinal(a.Model, b.Model);
        if (order == 0) order = string.CompareOrdinal(a.RepoId, b.RepoId);
        if (order == 0) order = string.CompareOrdinal(a.GitBranch, b.GitBranch);
        if (order == 0) order = string.CompareOrdinal(a.Surface, b.Surface);
        return order;
    });
}
