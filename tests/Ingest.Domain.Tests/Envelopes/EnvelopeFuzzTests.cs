using System.Globalization;
using System.Text;
using System.Text.Json;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Validation;
using Ingest.Testing.Envelopes;

namespace Ingest.Domain.Tests.Envelopes;

/// <summary>Valid bodies, damaged byte by byte and value by value: nothing may throw, and what is accepted must mean one thing.</summary>
public sealed class EnvelopeFuzzTests(ITestOutputHelper output)
{
    private const string SeedVariable = "INGEST_TEST_SEED";
    private const int Runs = 6_000;

    private static readonly string[] Tokens =
    [
        "null", "true", "0", "-0", "-0.01", "-0.0099999", "1e400", "1e-400", "5.0", "9999999999999999999999999", "0.00005", "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"",
        "\"\\ud83d\\ude00\"", "\"\\uD83D\\\\uDE00\"", "{}", "[]", "{\"a\":{\"b\":[1,2,{}]}}", "[[[[]]]]", "\"2026-05-14T10:00:00.123456789\\u002b05:30\"",
        "\"2026-05-14\"", "\"9999-12-31\"", "\"9999-12-30T23:59:59Z\"", "\"" + "x😀é" + "\"", "\"\\\\\"", "\"\\\"\"", "\"ws_0123456789abcdef\"", "4", "2.0",
    ];

    [Fact]
    public void Damaged_bodies_never_throw_and_what_is_accepted_reads_the_same_when_written_back()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        output.WriteLine($"{SeedVariable}={seed}");
        var random = new Random(seed);
        var whole = Bodies();
        var accepted = 0;
        for (var run = 0; run < Runs; run++)
        {
            var body = whole[random.Next(whole.Length)];
            for (var damage = random.Next(1, 4); damage > 0; damage--) body = random.Next(3) == 0 ? DamageBytes(body, random) : ReplaceValue(body, random);
            var why = $"{SeedVariable}={seed}, run {run}: {Convert.ToBase64String(body)}";
            ParsedEnvelope parsed;
            try
            {
                parsed = EnvelopeParser.Parse(body);
            }
            catch (Exception thrown)
            {
                throw new InvalidOperationException(why, thrown);
            }

            if (parsed is not ParsedEnvelope.Accepted { Envelope: var envelope }) continue;
            accepted++;
            foreach (var rejected in envelope.Rejected)
            {
                rejected.Issues.ShouldNotBeEmpty(why);
                rejected.Raw.Length.ShouldBeLessThanOrEqualTo(EnvelopeLimits.QuarantinedRowBytes, why);
            }

            Parsing.Accept(envelope.Rewrite().ToBytes()).ShouldTellTheSameAs(envelope, why);
        }

        // A test that only ever sees refusals would prove little.
        output.WriteLine($"{accepted} of {Runs} accepted");
        accepted.ShouldBeGreaterThan(Runs / 5);
    }

    private static byte[][] Bodies()
    {
        var at = EnvelopeBuilder.DefaultSyncedAt;
        var full = Parsing.AnEnvelope()
            .Rollup(Parsing.Day, r => r.Ticket("PAY-1").Branch(new string('é', 300)))
            .Rollup(Parsing.Day.AddDays(1), r => r.CostOfVersion1(3.25m))
            .Session("s-1", s => s.StartedAt(at).EndedAt(at.AddHours(1)).DurationMs(5).Repo("r").Branch("b").Ticket("T", null).PrimaryModel("m").Title("😀 \"quoted\" \\ title")
                .Vital("context_drag", "green", 0.5m).Vital("cache_efficiency", "red", -1e-3m).Vital("thrashing", "yellow", 3m).Vital("cost_acceleration", null).Vital("overall", "green"))
            .Session("s-2")
            .Window(at).Window(at, w => w.Provider(null).Surface(null));
        return
        [
            full.ToBytes(),
            Parsing.AnEnvelope().Version(1).AsOrganisation().Rollup(Parsing.Day, r => r.CostOfVersion1(1m)).ToBytes(),
            Parsing.AnEnvelope().Version(3).Session("s").ToBytes(),
            Encoding.UTF8.GetBytes(full.ToJson().Replace("role", "r\\u006fle").Replace("surface", "\\u0073urface")),
        ];
    }

    private static byte[] DamageBytes(byte[] body, Random random)
    {
        if (body.Length < 2) return body;
        var at = random.Next(body.Length);
        var length = random.Next(1, Math.Min(40, body.Length - at) + 1);
        var there = random.Next(body.Length);
        return random.Next(6) switch
        {
            0 => [.. body[..at], (byte)random.Next(256), .. body[(at + 1)..]],
            1 => [.. body[..at], (byte)(body[at] ^ (1 << random.Next(8))), .. body[(at + 1)..]],
            2 => [.. body[..at], .. body[(at + length)..]],
            3 => [.. body[..at], .. body[at..(at + length)], .. body[at..]],
            4 => [.. body[..there], .. body[at..(at + length)], .. body[there..]],
            _ => body[..at],
        };
    }

    private static byte[] ReplaceValue(byte[] body, Random random)
    {
        var places = new List<(int Start, int End)>();
        var json = new Utf8JsonReader(body);
        try
        {
            while (json.Read())
            {
                if (json.TokenType is JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null)
                {
                    places.Add(((int)json.TokenStartIndex, (int)json.BytesConsumed));
                }
            }
        }
        catch (JsonException)
        {
            // Broken by an earlier damage: what was read up to there will do.
        }

        if (places.Count == 0) return body;
        var (start, end) = places[random.Next(places.Count)];
        return [.. body[..start], .. Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]), .. body[end..]];
    }
}
