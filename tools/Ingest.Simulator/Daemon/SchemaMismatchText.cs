using System.Globalization;

namespace Ingest.Simulator.Daemon;

/// <summary>Reads the daemon's verdict out of the text of a 422, inside a JSON body or not.</summary>
internal static class SchemaMismatchText
{
    private const string Mark = "Unsupported schema_version:";

    public static SchemaMismatch Read(string body)
    {
        var at = body.IndexOf(Mark, StringComparison.Ordinal);
        if (at < 0) return SchemaMismatch.NotSchemaRelated;
        var rest = body.AsSpan(at + Mark.Length);
        var dot = rest.IndexOf('.');
        if (dot < 0 || !uint.TryParse(rest[..dot].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var client))
            return SchemaMismatch.NotSchemaRelated;

        rest = rest[dot..];
        var open = rest.IndexOf('[');
        if (open < 0) return SchemaMismatch.NotSchemaRelated;
        rest = rest[(open + 1)..];
        var close = rest.IndexOf(']');
        if (close < 0) return SchemaMismatch.NotSchemaRelated;

        var (oldest, newest) = (uint.MaxValue, uint.MinValue);
        foreach (var range in rest[..close].Split(','))
        {
            if (!uint.TryParse(rest[..close][range].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var version)) continue;
            (oldest, newest) = (uint.Min(oldest, version), uint.Max(newest, version));
        }

        if (oldest > newest) return SchemaMismatch.NotSchemaRelated;
        return client < oldest ? SchemaMismatch.ClientTooOld : client > newest ? SchemaMismatch.ServerTooOld : SchemaMismatch.NotSchemaRelated;
    }
}
