namespace Ingest.Simulator.Daemon;

/// <summary>
/// What the daemon makes of a 422. It understands exactly <c>Unsupported schema_version: 5. Expected one of: [1, 2, 3, 4]</c>, brackets and
/// all; any other text is shown to the user as it is (C§3.3, C§5 C).
/// </summary>
internal enum SchemaMismatch
{
    NotSchemaRelated,
    ClientTooOld,
    ServerTooOld,
}
