namespace Ingest.Persistence;

/// <summary>The name under which the store publishes what it counts.</summary>
public static class StoreMeter
{
    public const string Name = "Ingest.Store";
}
