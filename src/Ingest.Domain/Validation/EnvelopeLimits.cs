using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Validation;

/// <summary>
/// Bounds of every field. Text is capped in UTF-8 bytes: the widest primary key (workspace, device, day and the six texts of a
/// rollup) stays below the 2 704 bytes of an index row. Where a cap is higher than the contract's, the contract's would have
/// merged or edited real values (C§5 I).
/// </summary>
public static class EnvelopeLimits
{
    public const int DeviceId = 128;
    public const int WorkspaceId = 64;

    /// <summary>UTF-16 units; cut on a code point, not hashed: a label is for eyes only.</summary>
    public const int LabelCharacters = 128;

    public const int Role = 64;
    public const int Provider = 64;
    public const int Model = 256;
    public const int RepoId = 512;
    public const int GitBranch = 512;
    public const int Surface = 64;
    public const int Ticket = 128;
    public const int SessionId = 256;

    /// <summary>UTF-8 bytes; cut on a code point, not hashed.</summary>
    public const int Title = 1024;

    public const long MessageCount = 1_000_000_000;

    /// <summary>A day's sum over every row that fits into the largest body still fits into 64 bits.</summary>
    public const long Tokens = 1_000_000_000_000;

    public const long DurationMilliseconds = 1_000_000_000_000;

    /// <summary>One million dollars in one row.</summary>
    public const long CostCents = 100_000_000;

    public const long CostUnits = CostCents * Money.UnitsPerCent;
    public const double WindowMinutes = 1_000_000;
    public const double BurnRate = 100_000_000;

    /// <summary>Issues reported for one row; the rest of a hopeless row says nothing new.</summary>
    public const int IssuesPerRow = 10;

    /// <summary>What is kept of one quarantined row.</summary>
    public const int QuarantinedRowBytes = 8 * 1024;

    /// <summary>Quarantined rows of one device, and rejected rows of one envelope; beyond, envelopes that bring more are refused rather than rows dropped.</summary>
    public const int QuarantinedRows = 10_000;

    /// <summary>Distinct values listed in <c>surfaces_seen</c> and <c>providers_seen</c>.</summary>
    public const int ValuesSeen = 32;
}
