using Ingest.Persistence.Migrations;

namespace Ingest.Persistence.Examination;

/// <summary>What an examination of a database found.</summary>
public sealed record DatabaseFacts
{
    public required string Version { get; init; }

    public required int Major { get; init; }

    public required string Encoding { get; init; }

    /// <summary>Whether the service's account is one: no rule of the database binds it.</summary>
    public required bool IsSuperuser { get; init; }

    public required long Bytes { get; init; }

    /// <summary>How far its clock is ahead of this machine's; below zero: behind.</summary>
    public required TimeSpan ClockAhead { get; init; }

    public required SchemaState Schema { get; init; }

    /// <summary>Null where the schema is not this version's.</summary>
    public required ServerFacts? Server { get; init; }
}
