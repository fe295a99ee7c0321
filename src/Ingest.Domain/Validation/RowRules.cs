namespace Ingest.Domain.Validation;

/// <summary>
/// Which rules for rows these are. Raised with every rule that takes what an earlier one rejected: at the next start the rows in quarantine
/// are tried again under it.
/// </summary>
public static class RowRules
{
    public const int Version = 1;
}
