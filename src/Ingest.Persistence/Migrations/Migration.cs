namespace Ingest.Persistence.Migrations;

/// <summary>One forward-only step of the schema, as <c>migrations/NNNN_slug.sql</c> carries it.</summary>
internal sealed record Migration(int Version, string Name, string Sql, byte[] Checksum);
