namespace Ingest.Simulator.Wire;

/// <summary>What becomes of an envelope on its way.</summary>
internal enum FateKind
{
    Delivered,
    NeverArrives,
    AnswerLost,
    DeliveredTwice,

    /// <summary>The client gives up, and the envelope arrives after <see cref="Fate.Delay"/>.</summary>
    HeldUp,
}
