using Ingest.Testing;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;
using Ingest.Testing.Envelopes;

namespace Ingest.Domain.Tests.Ledger;

/// <summary>docs/digest.md, its vectors, the script written from that page alone, and the code say the same.</summary>
public sealed class DigestDocumentTests(ITestOutputHelper output)
{
    private const string SeedVariable = "INGEST_TEST_SEED";
    private const int Envelopes = 50;
    private const int DaysOfEach = 20;

    private static readonly string Script = Repository.PathOf("tests", "digest", "digest.py");
    private static readonly string Vectors = Repository.PathOf("docs", "digest-vectors.json");

    private static readonly string[] Costs =
    [
        "0", "0.0", "-0.0", "-7e-14", "-0.00999999999999999999999", "-1e-4000", "0.00005", "0.00015", "0.00025", "0.000250000000000000000000000001", "0.00024999999999999999999999",
        "12.5", "342.123456789012", "1e-7", "1E+8", "99999999.99995", "100000000.00005", "99999999.99985", "5e-5", "15e-5", "0.1", "359.067525", "2.00045",
        "0.12345000000000000000000000000000000000000000000000000000000000000000001", "1000000000000000000000000000000e-25",
    ];

    private static readonly string[] Counts = ["0", "-0", "1", "5.0", "5e0", "1e3", "0.5e1", "50e-1", "1000000000", "123456789", "999999999.000000000000000000000000"];

    private static readonly string[] Tokens = ["1000000000000", "1e12", "999999999999", "4294967296", "2147483648", .. Counts];

    private static readonly string[] Surfaces =
        ["null", "7", "[\"vscode\"]", "\"\"", "\" \"", "\"\\u00a0\\u2003vscode\\u3000\\u0085\"", "\"\\u001cvscode\\u001f\"", "\"\\u200bvscode\\ufeff\"", "\"\\u180evscode\"", "\"terminal\""];

    private static readonly string[] Sources = ["null", "\"branch\"", "\"branch_numeric\"", "\"Branch\"", "\"\"", "1", "{}", "\"br\\u0061nch\""];

    /// <summary>Pieces of paths and addresses, which put together look private or just do not.</summary>
    private static readonly string[] NearlyPrivate =
    [
        "/home/", "/Users/", "/tmp", "ada", "~", "/", "\\", "\\\\srv$\\", "c:", "C:/", "file:", "FiLe:/", "@", "git@", "example.com", ".xn--p1ai", ".c", "2", " ", "\n", "\u00a0",
        "é", "日本", "😀", "𝒳.𝒳", "(", ")", "-", "=", ":", "\"",
    ];

    [Fact]
    public void The_vectors_hold()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Vectors));
        var vectors = document.RootElement.GetProperty("vectors").EnumerateArray().ToList();
        vectors.Count.ShouldBeGreaterThanOrEqualTo(12);
        foreach (var vector in vectors)
        {
            var envelope = EnvelopeBuilder.For("ws");
            foreach (var row in vector.GetProperty("rows").EnumerateArray()) envelope.RawRollup(row.GetRawText());
            var accepted = envelope.Accept();
            accepted.Rejected.ShouldBeEmpty();
            var day = accepted.Days.ShouldHaveSingleItem();
            Day.ToText(day.Day).ShouldBe(vector.GetProperty("day").GetString());
            day.Digest.ToString().ShouldBe(vector.GetProperty("digest").GetString(), vector.GetProperty("name").GetString());
        }

        vectors.Select(vector => vector.GetProperty("digest").GetString()).Distinct(StringComparer.Ordinal).Count().ShouldBe(vectors.Count);
    }

    [Fact]
    public async Task The_script_written_from_the_page_finds_the_vectors_right()
    {
        var (exitCode, said) = await Python.RunAsync("", Script, "vectors", Vectors);
        exitCode.ShouldBe(0, said);
        said.ShouldContain(" 0 wrong");
    }

    [Fact]
    public async Task The_script_and_the_code_agree_on_every_sample_and_on_a_thousand_random_days()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        output.WriteLine($"{SeedVariable}={seed}");
        var random = new Random(seed);
        var bodies = Repository.Samples().Select(File.ReadAllText).Concat(Enumerable.Range(0, Envelopes).Select(_ => RandomEnvelope(random))).ToList();

        var expected = new List<string>();
        foreach (var body in bodies)
        {
            var envelope = Parsing.Accept(Encoding.UTF8.GetBytes(body));
            envelope.Rejected.ShouldBeEmpty(body);
            expected.AddRange(envelope.Days.Select(day => $"{Day.ToText(day.Day)} {day.Digest}"));
        }

        expected.Count.ShouldBeGreaterThanOrEqualTo(Envelopes * DaysOfEach);
        var (exitCode, said) = await Python.RunAsync(string.Join('\n', bodies), Script, "days");
        exitCode.ShouldBe(0, said);
        said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ShouldBe((IEnumerable<string>)expected, $"{SeedVariable}={seed}");
    }

    private static string RandomEnvelope(Random random)
    {
        var envelope = EnvelopeBuilder.For("ws");
        for (var day = 0; day < DaysOfEach; day++)
        {
            for (var rows = random.Next(1, 6); rows > 0; rows--)
            {
                envelope.Rollup(new DateOnly(2026, 1, 1).AddDays(day), r =>
                {
                    r.Role(Text(8)).Provider(Text(30)).Model(Text(120)).Repo(Text(250)).Branch(Text(250));
                    foreach (var count in (string[])["input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens"]) r.Raw(count, Of(Tokens));
                    r.Raw("message_count", Of(Counts));
                    if (random.Next(3) > 0) r.Raw("surface", Of(Surfaces));
                    else r.Without("surface");
                    if (random.Next(2) == 0) r.Raw("ticket", random.Next(4) == 0 ? "null" : JsonSerializer.Serialize(Text(80)));
                    if (random.Next(2) == 0) r.Raw("ticket_source", Of(Sources));
                    switch (random.Next(4))
                    {
                        case 0: r.CostOfVersion1(1).Raw("cost_cents", Of(Costs)); break;
                        case 1: r.Without("cost_cents_effective").Raw("cost_cents_ingested", Of(Costs)); break;
                        default: r.Raw("cost_cents_effective", Of(Costs)).Raw("cost_cents_ingested", Of(Costs)); break;
                    }
                });
            }
        }

        return envelope.ToJson();

        string Of(string[] values) => values[random.Next(values.Length)];

        // Mostly short, so that keys meet; sometimes long enough to be fitted.
        string Text(int longest)
        {
            var text = new StringBuilder();
            if (random.Next(5) == 0)
            {
                for (var parts = random.Next(1, 6); parts > 0; parts--) text.Append(Of(NearlyPrivate));
                return text.ToString();
            }

            for (var length = random.Next(3) == 0 ? random.Next(longest) : random.Next(3); length > 0; length--)
            {
                var point = random.Next(4) switch { 0 => random.Next(1, 0x80), 1 => random.Next(0x80, 0x800), 2 => random.Next(0x800, 0xD800), _ => random.Next(0xE000, 0x110000) };
                text.Append(char.ConvertFromUtf32(point));
            }

            return text.ToString();
        }
    }
}
