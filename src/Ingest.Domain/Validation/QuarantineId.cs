using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Validation;

/// <summary>
/// Names a quarantined row. Rows of one key share one name, so that a bad row that is sent again every five minutes stays one, and the good
/// row that takes its place can be recognised. A row whose key cannot be read is named by what stands in its place.
/// </summary>
internal static class QuarantineId
{
    public static Guid Of(RollupKey key) => Of(
        RowKind.DailyRollup, Day.ToText(key.BucketDay), key.Role, key.Provider, key.Model, key.RepoId, key.GitBranch, key.Surface);

    public static Guid OfSession(string sessionId) => Of(RowKind.SessionSummary, sessionId);

    public static Guid Of(WindowKey key) => Of(RowKind.WindowSummary, key.Provider, key.StartedAt.ToString("O", CultureInfo.InvariantCulture));

    /// <summary>Of a row whose key cannot be read: by what stands in the fields of the key, whatever it is.</summary>
    /// <param name="raw">The row as it is kept.</param>
    /// <param name="place">Tells rows apart that say the same there.</param>
    public static Guid OfUnreadable(RowKind kind, ReadOnlySpan<byte> raw, int place)
    {
        var text = new ArrayBufferWriter<byte>();
        text.Write<byte>([(byte)kind, 1]);
        text.Write(BitConverter.GetBytes(place));
        var json = new JsonTokens(raw);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            text.Write(raw);
            return Hash(text.WrittenSpan);
        }

        var fields = RowFields.Of(kind);
        var next = 0;
        while (fields.ReadName(ref json, ref next, out var field))
        {
            json.ReadValue();
            if (fields.IsOfKey(field))
            {
                text.Write<byte>([(byte)field, (byte)json.TokenType]);
                text.Write(json.ValueSpan);
                text.Write<byte>([0]);
            }

            json.Skip();
        }

        return Hash(text.WrittenSpan);
    }

    private static Guid Of(RowKind kind, params ReadOnlySpan<string> key)
    {
        var room = 2;
        foreach (var part in key) room += Encoding.UTF8.GetMaxByteCount(part.Length) + 1;
        var text = ArrayPool<byte>.Shared.Rent(room);
        try
        {
            (text[0], text[1]) = ((byte)kind, 0);
            var length = 2;
            foreach (var part in key)
            {
                length += Encoding.UTF8.GetBytes(part, text.AsSpan(length));
                text[length++] = 0;
            }

            return Hash(text.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(text);
        }
    }

    private static Guid Hash(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return new Guid(hash[..16], bigEndian: true);
    }
}
