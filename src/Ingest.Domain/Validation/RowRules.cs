namespace Ingest.Domain.Validation;

/// <summary>The rules rows are judged by, as one version.</summary>
public static class RowRules
{
    /// <summary>Raised whenever a rule lets a row pass that it rejected before: rows in quarantine are then judged again.</summary>
    public const int Version = 1;
}
