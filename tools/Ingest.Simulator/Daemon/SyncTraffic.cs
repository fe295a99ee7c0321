namespace Ingest.Simulator.Daemon;

/// <summary>What a daemon's syncing cost.</summary>
internal sealed class SyncTraffic
{
    public long Requests { get; set; }

    public long Bytes { get; set; }

    public long RowsSent { get; set; }

    /// <summary>Of these, rows that the server had acknowledged as they are.</summary>
    public long RowsSentAgain { get; set; }

    /// <summary>As the server says.</summary>
    public long RowsChanged { get; set; }

    /// <summary>Requests that did not succeed, as the daemon sees it.</summary>
    public long Failures { get; set; }

    /// <summary>As it is now.</summary>
    public SyncTraffic Snapshot() => (SyncTraffic)MemberwiseClone();
}
