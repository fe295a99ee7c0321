namespace Ingest.Domain.Ledger;

/// <summary>What became of an envelope.</summary>
public abstract record StoreResult
{
    private StoreResult()
    {
    }

    /// <summary>Committed, or found to stand there already.</summary>
    public sealed record Stored(DateOnly? Watermark, RowCounts Counts) : StoreResult;

    /// <summary>The device is new and its workspace holds as many as it may.</summary>
    public sealed record DeviceCapReached(int Cap) : StoreResult;

    /// <summary>People of the workspace let its envelopes wait; nothing was stored.</summary>
    public sealed record DevicePaused(string? Reason) : StoreResult;

    /// <summary>People of the workspace want no more envelopes of it; nothing was stored.</summary>
    public sealed record DeviceRevoked(string? Reason) : StoreResult;

    /// <summary>It was deleted, and has to be enrolled before anything of it is stored again.</summary>
    public sealed record DeviceDeleted : StoreResult;

    /// <summary>More rows would have to be quarantined than one device may hold; nothing was stored.</summary>
    public sealed record QuarantineFull(int Cap) : StoreResult;
}
