using System.Text;
using Ingest.Bench.Load;
using Ingest.Domain.Envelopes;

namespace Ingest.Bench.Micro;

/// <summary>
/// Bodies of many devices, as the load sends them: always the same one would be read by heart. Unlike there, numbers are of any width, since a
/// processor that knows how long every number is reads it faster than it will anywhere else.
/// </summary>
internal sealed class SentBodies
{
    private const int Devices = 128;

    private readonly byte[][] _bodies;
    private int _next;

    /// <param name="days">So many of twenty rollups.</param>
    /// <param name="sessions">The last day's.</param>
    public SentBodies(int days, int sessions)
    {
        var today = new DateOnly(2026, 5, 14);
        var template = EnvelopeTemplate.Of([.. Enumerable.Range(1 - days, days).Select(day => new TemplateDay(today.AddDays(day), RollupTexts.OfDay.Count))], sessions, sessions);
        var request = new EnvelopeRequest(template);
        _bodies = [.. new Fleet(Devices, today).Devices.Select(device => Of(request, template, device))];
        var rows = Parsed().Sum(envelope => envelope.UsableRows) / Devices;
        if (rows != (days * RollupTexts.OfDay.Count) + sessions) throw new BenchException($"Of a body's rows {rows} can be used: the benchmarks would measure something else.");
    }

    public byte[] Next() => _bodies[_next = (_next + 1) % Devices];

    public IEnumerable<Envelope> Parsed() => _bodies.Select(body => ((ParsedEnvelope.Accepted)EnvelopeParser.Parse(body)).Envelope);

    /// <summary>The same bodies, with this in the place of that.</summary>
    public void Replace(string text, string by)
    {
        for (var body = 0; body < Devices; body++) _bodies[body] = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(_bodies[body]).Replace(text, by, StringComparison.Ordinal));
    }

    private static byte[] Of(EnvelopeRequest request, EnvelopeTemplate template, FleetDevice device)
    {
        device.Sequence = device.Number;
        request.Address(device);
        request.WriteValues(device);
        var body = request.Body.ToArray().ToList();
        for (var value = template.Values.Count - 1; value >= 0; value--)
        {
            var (at, width) = template.Values[value];
            if (body[at - 1] != ' ') continue;
            body.RemoveRange(at, (device.Number + value) % width);
            body[at] = Math.Max(body[at], (byte)'1');
        }

        return [.. body];
    }
}
