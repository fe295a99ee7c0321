using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Ingest.Api.Limits;

/// <summary>Whom an address stands for: one IPv4 address, or the /64 of an IPv6 one, out of which a single machine takes as many as it likes.</summary>
internal readonly record struct AddressBlock(bool IsVersion6, ulong Prefix)
{
    private const int Version6Bytes = 16;

    /// <param name="address">Null for a local socket, which has none.</param>
    public static AddressBlock Of(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[Version6Bytes];
        if (address is null || !address.TryWriteBytes(bytes, out _)) return default;
        if (address.AddressFamily == AddressFamily.InterNetwork) return new AddressBlock(IsVersion6: false, BinaryPrimitives.ReadUInt32BigEndian(bytes));

        // A socket that takes both versions shows version 4 in the last four bytes.
        return address.IsIPv4MappedToIPv6
            ? new AddressBlock(IsVersion6: false, BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]))
            : new AddressBlock(IsVersion6: true, BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }
}
