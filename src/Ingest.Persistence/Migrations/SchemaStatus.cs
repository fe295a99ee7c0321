namespace Ingest.Persistence.Migrations;

/// <summary>How a database's schema stands to the migrations this program carries.</summary>
public enum SchemaStatus
{
    /// <summary>Every migration is applied: only then may the program serve.</summary>
    Current,

    /// <summary>Some migrations are still to be applied.</summary>
    Behind,

    /// <summary>A newer program migrated it.</summary>
    Ahead,

    /// <summary>No migration was ever applied.</summary>
    Empty,

    /// <summary>A migration that is applied had another text then.</summary>
    Altered,
}
