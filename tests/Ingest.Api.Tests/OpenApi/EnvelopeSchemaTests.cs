using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Validation;
using Ingest.Testing.Envelopes;

namespace Ingest.Api.Tests.OpenApi;

/// <summary>The request of the document is written by hand; these tests hold it against what the service does.</summary>
public sealed class EnvelopeSchemaTests(DocumentedService documented) : IClassFixture<DocumentedService>
{
    private static readonly DateOnly SomeDay = new(2026, 5, 12);
    private static readonly DateTimeOffset SomeTime = new(2026, 5, 12, 8, 0, 0, TimeSpan.Zero);

    /// <summary>Fields that take anything and make the best of it.</summary>
    private static readonly string[] Tolerant = ["surface", "ticket_source"];

    public static TheoryData<string, RowKind> RowSchemas => new()
    {
        { "DailyRollup", RowKind.DailyRollup },
        { "SessionSummary", RowKind.SessionSummary },
        { "WindowSummary", RowKind.WindowSummary },
    };

    [Fact]
    public async Task The_fields_are_the_contracts()
    {
        var document = await documented.Service.DocumentAsync();
        foreach (var (schema, fields) in new[]
        {
            ("Envelope", RowFields.Envelope), ("Payload", RowFields.Payload),
            ("DailyRollup", RowFields.Rollup), ("SessionSummary", RowFields.Session), ("WindowSummary", RowFields.Window),
        })
        {
            document.Schema(schema)["properties"]!.AsObject().Select(field => field.Key)
                .ShouldBe(Enumerable.Range(0, fields.Count).Select(field => fields[field]), ignoreOrder: true, schema);
        }
    }

    [Theory, MemberData(nameof(RowSchemas))]
    public async Task Every_bound_of_a_field_is_the_services(string schema, RowKind kind)
    {
        var document = await documented.Service.DocumentAsync();
        var described = document.Schema(schema);
        var required = described["required"]!.AsArray().Select(name => (string)name!).ToHashSet();
        var tried = 0;
        foreach (var (field, rules) in described["properties"]!.AsObject())
        {
            foreach (var (json, code) in Trials(field, rules!, required.Contains(field), kind))
            {
                var issues = Read(kind, field, json);
                var trial = $"{field}: {json ?? "(absent)"}";
                if (code is null) issues.ShouldBeEmpty(trial);
                else issues.ShouldContain(issue => issue.Path.EndsWith("." + field, StringComparison.Ordinal) && issue.Code == code, trial);
                tried++;
            }
        }

        tried.ShouldBeGreaterThan(described["properties"]!.AsObject().Count * 2);
    }

    [Fact]
    public async Task A_rollup_has_one_cost_or_the_other()
    {
        var document = await documented.Service.DocumentAsync();
        foreach (var (plain, ingested) in new[] { (true, true), (true, false), (false, true), (false, false) })
        {
            var envelope = EnvelopeBuilder.For("ws_local").Rollup(SomeDay, rollup =>
            {
                rollup.Cost(1.5m);
                if (plain) rollup.Raw("cost_cents", "1.5");
                if (!ingested) rollup.Without("cost_cents_ingested");
            });
            var issues = Rejected(envelope);
            var errors = document.Requests.Check(document.Schema("Envelope"), JsonNode.Parse(envelope.ToJson()));
            issues.Count.ShouldBe(errors.Count, $"cost_cents {plain}, cost_cents_ingested {ingested}");
        }
    }

    [Theory]
    [InlineData("schema_version", "5")]
    [InlineData("schema_version", "\"2\"")]
    [InlineData("schema_version", "2.5")]
    [InlineData("schema_version", null)]
    [InlineData("device_id", "\"\"")]
    [InlineData("device_id", "\"a b\"")]
    [InlineData("device_id", null)]
    [InlineData("device_id", "7")]
    [InlineData("workspace_id", null)]
    [InlineData("workspace_id", "null")]
    [InlineData("workspace_id", "\"\"")]
    [InlineData("workspace_id", "true")]
    [InlineData("synced_at", "\"yesterday\"")]
    [InlineData("synced_at", "17")]
    [InlineData("payload", null)]
    [InlineData("payload", "null")]
    [InlineData("payload", "{}")]
    [InlineData("payload", "{\"daily_rollups\": []}")]
    [InlineData("payload", "{\"daily_rollups\": [], \"session_summaries\": null}")]
    [InlineData("payload", "{\"daily_rollups\": [], \"session_summaries\": [], \"window_summaries\": null}")]
    public async Task What_the_service_refuses_of_an_envelope_the_document_forbids(string field, string? json)
    {
        var document = await documented.Service.DocumentAsync();
        var envelope = EnvelopeBuilder.For("ws_local").Rollup(SomeDay);
        if (json is null) envelope.Without(field);
        else envelope.Field(field, json);
        EnvelopeParser.Parse(envelope.ToBytes()).ShouldNotBeOfType<ParsedEnvelope.Accepted>();
        document.Requests.Check(document.Schema("Envelope"), JsonNode.Parse(envelope.ToJson())).ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("label", "null")]
    [InlineData("label", null)]
    [InlineData("synced_at", "null")]
    [InlineData("synced_at", null)]
    [InlineData("org_id", "null")]
    [InlineData("device_id", "\"dev_01:a.b-c\"")]
    [InlineData("schema_version", "1")]
    [InlineData("schema_version", "4")]
    [InlineData("something_new", "{\"a\": [1, null]}")]
    public async Task What_the_document_allows_of_an_envelope_the_service_takes(string field, string? json)
    {
        var document = await documented.Service.DocumentAsync();
        var envelope = EnvelopeBuilder.For("ws_local").Rollup(SomeDay).Session("s-1").Window(SomeTime).Version(2);
        if (json is null) envelope.Without(field);
        else envelope.Field(field, json);
        document.Requests.Check(document.Schema("Envelope"), JsonNode.Parse(envelope.ToJson())).ShouldBeEmpty();
        EnvelopeParser.Parse(envelope.ToBytes()).ShouldBeOfType<ParsedEnvelope.Accepted>();
    }

    /// <summary>Values at the edges of what the document says, each with the code the service must name, or null where it must take it. Null as a value: absent.</summary>
    private static IEnumerable<(string? Json, string? Code)> Trials(string field, JsonNode rules, bool required, RowKind kind)
    {
        var types = rules["type"] is JsonArray several ? several.Select(type => (string)type!).ToArray() : [(string)rules["type"]!];
        var tolerant = Tolerant.Contains(field) || field.StartsWith("vital_", StringComparison.Ordinal) || (kind == RowKind.WindowSummary && field == "provider");

        if (required) yield return (null, IssueCodes.Required);
        else if (!field.StartsWith("cost_cents", StringComparison.Ordinal)) yield return (null, null);

        if (types.Contains("null")) yield return ("null", null);
        else yield return ("null", IssueCodes.WrongType);

        if (tolerant) yield return ("[1]", null);
        else yield return ("{}", IssueCodes.WrongType);

        foreach (var value in rules["enum"]?.AsArray() ?? []) yield return (value?.ToJsonString() ?? "null", null);

        if (rules["maximum"] is { } maximum)
        {
            yield return ("0", null);
            yield return ("-1", IssueCodes.Negative);
            yield return (maximum.ToJsonString(), null);
            yield return ((maximum.GetValue<decimal>() + 1).ToString(CultureInfo.InvariantCulture), IssueCodes.OutOfRange);
            yield return ("\"1\"", IssueCodes.WrongType);
            if (types.Contains("integer")) yield return ("1.5", IssueCodes.NotWhole);
            else yield return ("1.5", null);
        }

        if (rules["maxLength"] is { } longest)
        {
            yield return ($"\"{new string('x', longest.GetValue<int>())}\"", null);
            yield return ("\"\"", null);
        }

        switch ((string?)rules["format"])
        {
            case "date":
                yield return ("\"2026-02-28\"", null);
                yield return ("\"2026-02-30\"", IssueCodes.InvalidDay);
                yield return ("\"2026-5-1\"", IssueCodes.InvalidDay);
                break;
            case "date-time":
                yield return ("\"2026-05-12T08:00:00.123456789+02:00\"", null);
                yield return ("\"2026-05-12\"", IssueCodes.InvalidTimestamp);
                break;
            default:
                break;
        }
    }

    private static IReadOnlyList<Issue> Read(RowKind kind, string field, string? json)
    {
        var envelope = EnvelopeBuilder.For("ws_local");
        return Rejected(kind switch
        {
            RowKind.DailyRollup => envelope.Rollup(SomeDay, row => Set(field == "cost_cents" ? row.CostOfVersion1(1) : row, field, json)),
            RowKind.SessionSummary => envelope.Session("s-1", row => Set(row, field, json)),
            _ => envelope.Window(SomeTime, row => Set(row, field, json)),
        });
    }

    private static void Set<TRow>(TRow row, string field, string? json)
        where TRow : RowBuilder<TRow>
    {
        if (json is null) row.Without(field);
        else row.Raw(field, json);
    }

    private static IReadOnlyList<Issue> Rejected(EnvelopeBuilder envelope)
    {
        var accepted = EnvelopeParser.Parse(Encoding.UTF8.GetBytes(envelope.ToJson())).ShouldBeOfType<ParsedEnvelope.Accepted>();
        return [.. accepted.Envelope.Rejected.SelectMany(row => row.Issues)];
    }
}
