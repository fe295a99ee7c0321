namespace Ingest.Testing.Daemons;

/// <summary>A row within its local day; what else belongs to the natural key is the same in all rows.</summary>
public readonly record struct LocalKey(string Branch, string Surface)
{
    public override string ToString() => $"{Branch} {Surface}";
}
