namespace Ingest.Simulator.Daemon;

/// <summary>What an answer means to the daemon (C§3.3).</summary>
internal enum SyncOutcome
{
    Success,

    /// <summary>Try again, waiting longer each time.</summary>
    Transient,

    /// <summary>401: no more requests until a person acts.</summary>
    AuthFailure,

    /// <summary>422: try again in five minutes.</summary>
    SchemaMismatch,
}
