using Ingest.Domain.Ledger;
using Ingest.Domain.Merging;

namespace Ingest.Domain.Usage;

/// <summary>One device in a block, as the ledger has its day.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="FirstRow">Where its rows begin.</param>
/// <param name="Rows">How many live rows it has.</param>
/// <param name="ReceivedAt">When its snapshot of the day arrived.</param>
/// <param name="IsExpired">Whether the day was removed by age.</param>
/// <param name="DigestVersion">How the digest was taken.</param>
/// <param name="Digest">Of all live rows.</param>
public sealed record BlockDevice(string DeviceId, int FirstRow, int Rows, DateTimeOffset ReceivedAt, bool IsExpired, short DigestVersion, DayDigest Digest)
{
    /// <summary>As far as it matters which of several ids counts.</summary>
    public DeviceDay Held(DateOnly day) => new(DeviceId, day, ReceivedAt, IsExpired, default);
}
