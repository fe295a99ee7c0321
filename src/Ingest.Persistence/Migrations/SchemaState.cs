namespace Ingest.Persistence.Migrations;

/// <summary>The status, and the migrations that make it so: the missing, the unknown or the altered ones, in order.</summary>
public sealed record SchemaState(SchemaStatus Status, IReadOnlyList<string> Migrations);
