using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ingest.Simulator.Daemon;

namespace Ingest.Simulator.Counting;

/// <summary>
/// The digest of a device-day, version 1, as a client author would write it from docs/digest.md. The texts of simulated devices are short
/// and plain, so of its second step only the money remains.
/// </summary>
internal static class LocalDigest
{
    public const string Version = "1";

    public static string Of(string day, IReadOnlyDictionary<RowKey, Rollup> rows)
    {
        var bytes = new ArrayBufferWriter<byte>();
        Text(bytes, "ingest-day/1");
        Text(bytes, day);
        foreach (var (key, row) in rows.OrderBy(row => row.Key, RowKey.Order))
        {
            var ticket = Ticket.Of(key.GitBranch);
            foreach (var text in new[] { key.Role, key.Provider, key.Model, key.RepoId, key.GitBranch, key.Surface, ticket?.Text, ticket?.Source })
                Text(bytes, text);
            var sums = DaySums.Of(row);
            foreach (var number in new[]
            {
                sums.MessageCount, sums.InputTokens, sums.OutputTokens, sums.CacheCreationTokens, sums.CacheReadTokens, sums.CostIngested, sums.CostEffective,
            })
            {
                BinaryPrimitives.WriteInt64BigEndian(bytes.GetSpan(sizeof(long)), number);
                bytes.Advance(sizeof(long));
            }
        }

        return Convert.ToHexStringLower(SHA256.HashData(bytes.WrittenSpan));
    }

    private static void Text(ArrayBufferWriter<byte> bytes, string? text)
    {
        if (text is null) bytes.Write<byte>([0xFF]);
        else Encoding.UTF8.GetBytes(text, bytes);
        bytes.Write<byte>([0]);
    }
}
