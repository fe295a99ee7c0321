using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Ingest.Bench.Load;

/// <summary>The bytes of one connection's next POST, headers and body, made for a device by writing over those of the device before.</summary>
internal sealed class EnvelopeRequest
{
    /// <summary>As a stock daemon writes it.</summary>
    private const string SyncedFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'00+00:00'";

    private static readonly TimeProvider Clock = TimeProvider.System;

    private readonly EnvelopeTemplate _template;
    private readonly byte[] _bytes;
    private readonly int _keyAt;
    private readonly int _bodyAt;

    public EnvelopeRequest(EnvelopeTemplate template)
    {
        _template = template;
        const string before = "POST /v1/ingest HTTP/1.1\r\nHost: ingest.bench\r\nAuthorization: Bearer ";
        var after = "\r\nUser-Agent: ureq/2.12.1\r\nAccept: */*\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: "
            + template.Body.Length.ToString(CultureInfo.InvariantCulture) + "\r\n\r\n";
        _bytes = [.. Encoding.ASCII.GetBytes(before + Fleet.KeyOf(0) + after), .. template.Body];
        _keyAt = before.Length;
        _bodyAt = _bytes.Length - template.Body.Length;
    }

    public static string SyncedPlaceholder { get; } = DateTimeOffset.UnixEpoch.ToString(SyncedFormat, CultureInfo.InvariantCulture);

    public ReadOnlyMemory<byte> Bytes => _bytes;

    public Span<byte> Body => _bytes.AsSpan(_bodyAt);

    /// <summary>Writes who sends it and when.</summary>
    public void Address(FleetDevice device)
    {
        Encoding.ASCII.GetBytes(device.Key, _bytes.AsSpan(_keyAt));
        var body = Body;
        Encoding.ASCII.GetBytes(device.DeviceId, body[_template.DeviceIdAt..]);
        Encoding.ASCII.GetBytes(device.WorkspaceId, body[_template.WorkspaceIdAt..]);
        for (var session = 0; session < _template.SessionIds.Count; session++)
        {
            var id = unchecked((uint)((device.Number * 5) + session) * FleetDevice.Scatter);
            Utf8Formatter.TryFormat(id, body[_template.SessionIds[session]..], out _, new StandardFormat('x', 8));
        }

        Clock.GetUtcNow().TryFormat(body[_template.SyncedAt..], out _, SyncedFormat, CultureInfo.InvariantCulture);
    }

    /// <summary>Writes days one after the other, each for so many rollups.</summary>
    public void WriteDays(DateOnly first, int rollups)
    {
        var body = Body;
        for (var row = 0; row < _template.Days.Count; row++)
            first.AddDays(row / rollups).TryFormat(body[_template.Days[row]..], out _, "yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    /// <summary>Writes every number that follows from the device's sequence.</summary>
    public void WriteValues(FleetDevice device)
    {
        var body = Body;
        var values = _template.Values;
        for (var value = 0; value < values.Count; value++) values[value].Write(body, device.Sequence, value);
    }
}
