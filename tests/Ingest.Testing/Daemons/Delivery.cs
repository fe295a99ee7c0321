namespace Ingest.Testing.Daemons;

/// <summary>What becomes of a chunk on its way.</summary>
public enum Delivery
{
    Arrives,

    /// <summary>The daemon sees a failure, and the server nothing.</summary>
    NeverArrives,

    /// <summary>The server stores it, and the daemon sees a failure.</summary>
    AnswerIsLost,

    /// <summary>The daemon sees a failure, and the chunk is still on its way.</summary>
    HeldBack,
}
