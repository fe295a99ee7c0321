namespace Ingest.Domain.Merging;

public static class MergeKinds
{
    private const string Continue = "continue";
    private const string Supersede = "supersede";

    public static IReadOnlyList<string> Names { get; } = [Continue, Supersede];

    /// <summary>As it is stored and shown.</summary>
    public static string WireName(this MergeKind kind) => kind == MergeKind.Continue ? Continue : Supersede;

    public static MergeKind Parse(string name) => name switch
    {
        Continue => MergeKind.Continue,
        Supersede => MergeKind.Supersede,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such kind; this build is older than the database."),
    };
}
