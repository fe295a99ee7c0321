namespace Ingest.Domain.Health;

/// <summary>Which attempts to list.</summary>
public enum AttemptOutcome
{
    Accepted,
    Refused,

    /// <summary>Accepted, and something was written.</summary>
    Changed,
}
