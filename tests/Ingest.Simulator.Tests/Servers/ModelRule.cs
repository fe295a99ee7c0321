namespace Ingest.Simulator.Tests.Servers;

/// <summary>How a model server answers.</summary>
internal enum ModelRule
{
    /// <summary>The newest stored day, as the daemons' first cloud does (C§5 A).</summary>
    NewestStoredDay,

    /// <summary>Day snapshots, rewinds and look-backs in miniature.</summary>
    Snapshots,
}
