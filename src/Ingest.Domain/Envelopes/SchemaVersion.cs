namespace Ingest.Domain.Envelopes;

/// <summary>The envelope versions that are accepted; each is a superset of the one before (C§1).</summary>
public static class SchemaVersion
{
    public const int Oldest = 1;
    public const int Newest = 4;

    /// <summary>
    /// The one sentence a stock daemon can parse (C§3.3): the bracketed list tells it whether itself or the server is too old.
    /// </summary>
    public static string Unsupported(string version) => $"Unsupported schema_version: {version}. Expected one of: [1, 2, 3, 4].";
}
