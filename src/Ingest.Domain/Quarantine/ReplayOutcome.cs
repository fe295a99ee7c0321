namespace Ingest.Domain.Quarantine;

/// <summary>What became of a quarantined row that was tried again.</summary>
public enum ReplayOutcome
{
    /// <summary>Stored, or found to stand there already.</summary>
    Replayed,

    /// <summary>It breaks a rule of this version too, and stays where it is.</summary>
    StillRejected,

    /// <summary>A newer envelope has spoken for it: it is neither stored nor kept.</summary>
    Superseded,
}
