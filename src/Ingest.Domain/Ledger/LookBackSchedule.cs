using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Ledger;

/// <summary>When a device looks back: once a day, each at a time of its own, so that no fleet sends everything at once.</summary>
public static class LookBackSchedule
{
    /// <returns>The device's time on the day after <paramref name="now"/>.</returns>
    public static DateTimeOffset NextAfter(DateTimeOffset now, string workspaceId, string deviceId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{workspaceId}/{deviceId}"), hash);
        var second = BinaryPrimitives.ReadUInt32BigEndian(hash) % (24 * 60 * 60);
        return new DateTimeOffset(Day.Of(now).AddDays(1), TimeOnly.MinValue, TimeSpan.Zero).AddSeconds(second);
    }
}
