namespace Ingest.Persistence.Quarantine;

/// <summary>What became of a row that was tried to be written.</summary>
internal enum ReplayFate
{
    /// <summary>Written, or found to stand there already.</summary>
    Stored,

    /// <summary>A newer envelope has written its day, session or window.</summary>
    Superseded,

    /// <summary>Not written for now: it stays in quarantine as it is.</summary>
    Held,
}
