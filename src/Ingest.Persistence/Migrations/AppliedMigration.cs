namespace Ingest.Persistence.Migrations;

/// <summary>A migration as a database remembers it.</summary>
internal sealed record AppliedMigration(int Version, string Name, byte[] Checksum);
