namespace Ingest.Persistence.Attempts;

/// <summary>The payload that a device has brought last and that the tables hold throughout.</summary>
/// <param name="Hash">Of its bytes.</param>
/// <param name="IsCompleteByDay">What followed from the rows it did not name.</param>
/// <param name="Revision">Of the device then; while the device has it, nothing under the device has changed.</param>
internal readonly record struct StoredPayload(UInt128 Hash, bool IsCompleteByDay, long Revision)
{
    public bool SaysTheSameAs(StoredPayload other) => Hash == other.Hash && IsCompleteByDay == other.IsCompleteByDay;
}
