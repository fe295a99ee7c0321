using Ingest.Domain.Envelopes;
using Ingest.Domain.Validation;
using Ingest.Testing.Envelopes;

namespace Ingest.Domain.Tests.Envelopes;

/// <summary>Every field of every kind of row, with everything that may stand in its place.</summary>
public sealed class RowRuleTests
{
    private const string Missing = "(missing)";

    private static readonly string[] NoText = ["5", "true", "null", "{\"a\":1}", "[\"a\"]"];
    private static readonly string[] NoNumber = ["\"5\"", "true", "null", "{\"a\":1}", "[5]"];
    private static readonly string[] Unstorable = ["\"a\\u0000b\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"x\\uD83Dx\""];

    public static TheoryData<RowKind, string, string, string> Wrong()
    {
        var data = new TheoryData<RowKind, string, string, string>();

        void Add(RowKind kind, string code, string[] fields, params string[] values)
        {
            foreach (var field in fields)
            {
                foreach (var value in values) data.Add(kind, field, value, code);
            }
        }

        void Texts(RowKind kind, params string[] fields)
        {
            Add(kind, IssueCodes.WrongType, fields, NoText);
            Add(kind, IssueCodes.InvalidText, fields, Unstorable);
            Add(kind, IssueCodes.Required, fields, Missing);
        }

        void OptionalTexts(RowKind kind, params string[] fields)
        {
            Add(kind, IssueCodes.WrongType, fields, [.. NoText.Where(value => value != "null")]);
            Add(kind, IssueCodes.InvalidText, fields, Unstorable);
        }

        void Counts(RowKind kind, params string[] fields)
        {
            Add(kind, IssueCodes.WrongType, fields, NoNumber);
            Add(kind, IssueCodes.NotWhole, fields, "5.5", "1e-3");
            Add(kind, IssueCodes.Negative, fields, "-1", "-0.5");
            Add(kind, IssueCodes.OutOfRange, fields, "1000000000001", "1e30");
            Add(kind, IssueCodes.Required, fields, Missing);
        }

        void Costs(RowKind kind, params string[] fields)
        {
            Add(kind, IssueCodes.WrongType, fields, NoNumber);
            Add(kind, IssueCodes.Negative, fields, "-0.01", "-3");
            Add(kind, IssueCodes.OutOfRange, fields, "100000001", "1e30");
        }

        void Instants(RowKind kind, params string[] fields)
        {
            Add(kind, IssueCodes.WrongType, fields, [.. NoText.Where(value => value != "null")]);
            Add(kind, IssueCodes.InvalidTimestamp, fields, "\"\"", "\"yesterday\"", "\"2026-02-30T00:00:00Z\"", "\"1969-01-01T00:00:00Z\"", "\"\\ud800\"", "\"2026-05-14T10:00:00\\u0000\"");
        }

        const RowKind rollup = RowKind.DailyRollup, session = RowKind.SessionSummary, window = RowKind.WindowSummary;
        Texts(rollup, "role", "provider", "model", "repo_id", "git_branch");
        OptionalTexts(rollup, "ticket");
        Add(rollup, IssueCodes.InvalidText, ["surface"], Unstorable);
        Counts(rollup, "message_count", "input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens");
        Costs(rollup, "cost_cents_ingested", "cost_cents_effective");
        Add(rollup, IssueCodes.Required, ["cost_cents_ingested"], Missing);
        Add(rollup, IssueCodes.WrongType, ["bucket_day"], NoText);
        Add(rollup, IssueCodes.Required, ["bucket_day"], Missing);
        Add(rollup, IssueCodes.InvalidDay, ["bucket_day"], "\"tomorrow\"", "\"infinity\"", "\"2026-05-12T00:00:00Z\"", "\"2026-02-29\"", "\"1969-12-31\"", "\"2026-05-1\\u0000\"");

        Texts(session, "session_id", "provider");
        OptionalTexts(session, "repo_id", "git_branch", "ticket", "primary_model", "title");
        Add(session, IssueCodes.InvalidText, ["surface"], Unstorable);
        Instants(session, "started_at", "ended_at");
        Counts(session, "message_count", "total_input_tokens", "total_output_tokens");
        Costs(session, "total_cost_cents");
        Add(session, IssueCodes.Required, ["total_cost_cents"], Missing);
        Add(session, IssueCodes.WrongType, ["duration_ms"], [.. NoNumber.Where(value => value != "null")]);
        Add(session, IssueCodes.NotWhole, ["duration_ms"], "1.5");
        Add(session, IssueCodes.Negative, ["duration_ms"], "-1");
        Add(session, IssueCodes.OutOfRange, ["duration_ms"], "1000000000001");

        Instants(window, "started_at", "ended_at");
        Add(window, IssueCodes.WrongType, ["started_at", "ended_at"], "null");
        Add(window, IssueCodes.Required, ["started_at", "ended_at", "duration_minutes", "burn_rate_cents_per_minute", "cost_cents"], Missing);
        Counts(window, "message_count", "input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens");
        Costs(window, "cost_cents");
        Add(window, IssueCodes.WrongType, ["duration_minutes", "burn_rate_cents_per_minute"], NoNumber);
        Add(window, IssueCodes.Negative, ["duration_minutes", "burn_rate_cents_per_minute"], "-0.01", "-5");
        Add(window, IssueCodes.OutOfRange, ["duration_minutes", "burn_rate_cents_per_minute"], "1e9", "1e999");
        Add(window, IssueCodes.WrongType, ["is_active", "hit_rate_limit"], "1", "\"true\"", "{}", "[]");
        Add(window, IssueCodes.InvalidText, ["provider", "surface"], Unstorable);
        return data;
    }

    public static TheoryData<RowKind, string, string, string> Tolerated() => new()
    {
        { RowKind.DailyRollup, "surface", "null", "unknown" },
        { RowKind.DailyRollup, "surface", "7", "unknown" },
        { RowKind.DailyRollup, "surface", "{\"a\":[1]}", "unknown" },
        { RowKind.DailyRollup, "surface", "\" \\t \"", "unknown" },
        { RowKind.DailyRollup, "surface", "\"\\u00a0vscode\\u3000\"", "vscode" },
        { RowKind.DailyRollup, "surface", Missing, "unknown" },
        { RowKind.DailyRollup, "ticket_source", "\"branch\"", "branch" },
        { RowKind.DailyRollup, "ticket_source", "\"branch_numeric\"", "branch_numeric" },
        { RowKind.DailyRollup, "ticket_source", "\"br\\u0061nch\"", "branch" },
        { RowKind.DailyRollup, "ticket_source", "\"Branch\"", "" },
        { RowKind.DailyRollup, "ticket_source", "\"\\ud800\"", "" },
        { RowKind.DailyRollup, "ticket_source", "[\"branch\"]", "" },
        { RowKind.WindowSummary, "surface", "null", "unknown" },
        { RowKind.WindowSummary, "provider", "[1]", "unknown" },
        { RowKind.WindowSummary, "provider", Missing, "unknown" },
        { RowKind.WindowSummary, "provider", "\" cursor \"", "cursor" },
        { RowKind.SessionSummary, "surface", "null", "unknown" },
        { RowKind.SessionSummary, "vital_overall_state", "\"yellow\"", "yellow" },
        { RowKind.SessionSummary, "vital_overall_state", "\"purple\"", "" },
        { RowKind.SessionSummary, "vital_overall_state", "{\"a\":1}", "" },
        { RowKind.SessionSummary, "vital_thrashing_metric", "1.25", "1.25" },
        { RowKind.SessionSummary, "vital_thrashing_metric", "1e300", "1E+300" },
        { RowKind.SessionSummary, "vital_thrashing_metric", "1e999", "" },
        { RowKind.SessionSummary, "vital_thrashing_metric", "\"1\"", "" },
        { RowKind.SessionSummary, "ticket", "\"\"", "\"\"" },
        { RowKind.DailyRollup, "ticket", "\"\"", "\"\"" },
        { RowKind.DailyRollup, "ticket", "null", "" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_row_with_a_wrong_field_is_rejected_by_name_and_the_others_are_kept(RowKind kind, string field, string json, string code)
    {
        for (var place = 0; place < 3; place++)
        {
            var envelope = Three(kind, place, field, json).Accept();
            var rejected = envelope.Rejected.ShouldHaveSingleItem();
            rejected.Kind.ShouldBe(kind);
            var issue = rejected.Issues.ShouldHaveSingleItem();
            issue.Path.ShouldBe($"$.payload.{kind.WireName()}[{place}].{field}");
            issue.Code.ShouldBe(code);
            issue.Message.ShouldNotBeNullOrWhiteSpace();
            IssueCodes.All.ShouldContain(known => known.Code == issue.Code);
            envelope.UsableRows.ShouldBe(2);
            Keys(envelope, kind).ShouldBe(Enumerable.Range(0, 3).Where(i => i != place).Select(i => $"row{i}"));
        }
    }

    [Theory]
    [MemberData(nameof(Tolerated))]
    public void A_field_that_refuses_no_row_is_stored_as_what_it_means(RowKind kind, string field, string json, string stored)
    {
        var envelope = Three(kind, 1, field, json).Accept();
        envelope.Rejected.ShouldBeEmpty();
        object? value = kind switch
        {
            RowKind.DailyRollup => Rollup(envelope) is var row && field == "surface" ? row.Key.Surface : field == "ticket" ? row.Ticket : row.TicketSource,
            RowKind.WindowSummary => field == "surface" ? envelope.Windows[1].Surface : envelope.Windows[1].Key.Provider,
            _ => field switch
            {
                "surface" => envelope.Sessions[1].Surface.Value,
                "ticket" => envelope.Sessions[1].Ticket.Value,
                "vital_overall_state" => envelope.Sessions[1].OverallState.Value,
                _ => envelope.Sessions[1].ThrashingMetric.Value,
            },
        };
        (value is string { Length: 0 } ? "\"\"" : value?.ToString() ?? "").ShouldBe(stored);

        static DailyRollup Rollup(Envelope envelope) => envelope.Days[0].Rows.ToArray().Single(row => row.Key.Model == "row1");
    }

    [Theory]
    [InlineData("null")]
    [InlineData("5")]
    [InlineData("\"text\"")]
    [InlineData("true")]
    [InlineData("[{\"role\":\"user\"}]")]
    public void What_is_no_object_is_no_row(string json)
    {
        foreach (var kind in Enum.GetValues<RowKind>())
        {
            var good = Three(kind, 0, "message_count", "1");
            var envelope = (kind switch
            {
                RowKind.DailyRollup => good.RawRollup(json),
                RowKind.SessionSummary => good.RawSession(json),
                _ => good.RawWindow(json),
            }).Accept();
            var rejected = envelope.Rejected.ShouldHaveSingleItem();
            rejected.Issues.ShouldHaveSingleItem().ShouldBe(new Issue($"$.payload.{kind.WireName()}[3]", IssueCodes.WrongType, "The row must be an object."));
            envelope.UsableRows.ShouldBe(3);
        }
    }

    [Fact]
    public void A_field_that_stands_twice_rejects_its_row()
    {
        var envelope = Parsing.AnEnvelope().RawRollup(Row("x").Replace("\"role\"", "\"role\": \"user\", \"r\\u006fle\"")).Accept();
        envelope.Rejected.ShouldHaveSingleItem().Issues.ShouldHaveSingleItem().ShouldBe(
            new Issue("$.payload.daily_rollups[0].role", IssueCodes.DuplicateField, "The field stands twice."));
        envelope.Rejected[0].Key.ShouldBeNull();
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_up_to_ten_things()
    {
        var issues = Parsing.AnEnvelope().RawRollup("{}").Accept().Rejected.ShouldHaveSingleItem().Issues;
        issues.Count.ShouldBe(EnvelopeLimits.IssuesPerRow);
        issues.ShouldAllBe(issue => issue.Code == IssueCodes.Required);
        issues[0].Path.ShouldBe("$.payload.daily_rollups[0].bucket_day");
    }

    [Fact]
    public void Fields_mean_the_same_in_any_order()
    {
        var plain = Parsing.AnEnvelope().RawRollup(Row("x")).Accept().OnlyRollup();
        var fields = Row("x").Trim('{', '}').Split(", ");
        var random = new Random(20260514);
        for (var run = 0; run < 50; run++)
        {
            random.Shuffle(fields);
            Parsing.AnEnvelope().RawRollup("{" + string.Join(", \"unknown_field\": {\"deep\": [1]}, ", fields) + "}").Accept().OnlyRollup().ShouldBe(plain);
        }
    }

    [Theory]
    [InlineData("\"cost_cents\": 3.5", 35_000, 35_000)]
    [InlineData("\"cost_cents_ingested\": 3.5", 35_000, 35_000)]
    [InlineData("\"cost_cents_effective\": 2.5, \"cost_cents_ingested\": 3.5", 35_000, 25_000)]
    [InlineData("\"cost_cents_effective\": 2.5, \"cost_cents\": 3.5", 35_000, 25_000)]
    [InlineData("\"cost_cents\": 9, \"cost_cents_ingested\": 3.5, \"cost_cents_effective\": 2.5", 35_000, 25_000)]
    [InlineData("\"cost_cents\": -9, \"cost_cents_ingested\": 3.5, \"cost_cents_effective\": 2.5", 35_000, 25_000)]
    [InlineData("\"cost_cents\": null, \"cost_cents_ingested\": 3.5", 35_000, 35_000)]
    [InlineData("\"cost_cents_effective\": -1e-9, \"cost_cents_ingested\": -7e-14", 0, 0)]
    public void Both_shapes_of_cost_are_read_and_the_newer_one_wins(string costs, long ingested, long effective)
    {
        var row = Row("x", costs);
        var rollup = Parsing.AnEnvelope().RawRollup(row).Accept().OnlyRollup();
        rollup.CostIngested.ShouldBe(ingested);
        rollup.CostEffective.ShouldBe(effective);
    }

    [Theory]
    [InlineData("\"cost_cents\": null", "cost_cents", IssueCodes.WrongType)]
    [InlineData("\"cost_cents\": -1", "cost_cents", IssueCodes.Negative)]
    [InlineData("\"cost_cents_effective\": 2.5", "cost_cents_ingested", IssueCodes.Required)]
    [InlineData("\"cost_cents\": 1, \"cost_cents_ingested\": null", "cost_cents_ingested", IssueCodes.WrongType)]
    [InlineData("\"cost_cents\": 1, \"cost_cents_effective\": null", "cost_cents_effective", IssueCodes.WrongType)]
    public void A_cost_that_decides_must_be_an_amount(string costs, string field, string code)
    {
        var issue = Parsing.AnEnvelope().RawRollup(Row("x", costs)).Accept().Rejected.ShouldHaveSingleItem().Issues.ShouldHaveSingleItem();
        issue.Path.ShouldBe("$.payload.daily_rollups[0]." + field);
        issue.Code.ShouldBe(code);
    }

    [Theory]
    [InlineData("2026-05-14T10:00:00\\u002B02:00", 8)]
    [InlineData("2026-05-14T10:00:00\\u002b00:00", 10)]
    [InlineData("\\u0032026-05-14T10:00:00Z", 10)]
    public void Timestamps_may_be_escaped(string text, int hour) =>
        Parsing.AnEnvelope().Session("s", s => s.Raw("started_at", $"\"{text}\"")).Accept().Sessions.ShouldHaveSingleItem()
            .StartedAt.Value.ShouldBe(new DateTimeOffset(2026, 5, 14, hour, 0, 0, TimeSpan.Zero));

    [Fact]
    public void Absent_fields_of_a_session_are_not_null_fields()
    {
        var (absent, nulls) = (
            Parsing.AnEnvelope().Session("s", s => s.Without("surface")).Accept().Sessions[0],
            Parsing.AnEnvelope().Session("s", s => s.StartedAt(null).Title(null).Repo(null).DurationMs(null)).Accept().Sessions[0]);
        absent.StartedAt.IsPresent.ShouldBeFalse();
        absent.Title.IsPresent.ShouldBeFalse();
        absent.Surface.IsPresent.ShouldBeFalse();
        nulls.StartedAt.ShouldBe(new Sent<DateTimeOffset?>(null));
        nulls.Title.ShouldBe(new Sent<string>(null));
        nulls.RepoId.ShouldBe(new Sent<string>(null));
        nulls.DurationMs.ShouldBe(new Sent<long?>(null));
    }

    [Fact]
    public void An_over_long_title_is_cut_on_a_code_point_and_an_over_long_key_keeps_its_hash()
    {
        var text = string.Concat(Enumerable.Repeat("😀", 400));
        var session = Parsing.AnEnvelope().Session("s", s => s.Title("a" + text).Branch(text)).Accept().Sessions.ShouldHaveSingleItem();
        session.Title.Value.ShouldBe("a" + string.Concat(Enumerable.Repeat("😀", 255)));
        session.GitBranch.Value.ShouldBe(KeyText.Fit(text, EnvelopeLimits.GitBranch));
    }

    [Fact]
    public void Equal_keys_collapse_and_the_last_one_wins()
    {
        var at = EnvelopeBuilder.DefaultSyncedAt;
        var envelope = Parsing.AnEnvelope()
            .Rollup(Parsing.Day, r => r.Messages(1)).Rollup(Parsing.Day.AddDays(1)).Rollup(Parsing.Day, r => r.Messages(2)).Rollup(Parsing.Day, r => r.Surface(" terminal ").Messages(3))
            .Session("s", s => s.Messages(1)).Session("t").Session("s", s => s.Messages(2))
            .Window(at, w => w.Messages(1)).Window(at, w => w.Provider("cursor")).Window(at.ToOffset(TimeSpan.FromHours(2)), w => w.Messages(2))
            .Accept();
        envelope.Days.Count.ShouldBe(2);
        envelope.Days[0].Rows.ToArray().ShouldHaveSingleItem().MessageCount.ShouldBe(3);
        envelope.RollupCount.ShouldBe(2);
        envelope.Sessions.Select(s => (s.SessionId, s.MessageCount)).ShouldBe([("s", 2), ("t", 8)]);
        envelope.Windows.Select(w => (w.Key.Provider, w.MessageCount)).ShouldBe([("claude_code", 2), ("cursor", 20)]);
    }

    [Fact]
    public void Over_long_keys_that_differ_at_their_end_stay_two_rows()
    {
        var branch = new string('b', 600);
        var rows = Parsing.AnEnvelope().Rollup(Parsing.Day, r => r.Branch(branch + "1")).Rollup(Parsing.Day, r => r.Branch(branch + "2")).Accept().Days[0].Rows;
        rows.Length.ShouldBe(2);
    }

    private static IEnumerable<string> Keys(Envelope envelope, RowKind kind) => kind switch
    {
        RowKind.DailyRollup => envelope.Days.SelectMany(day => day.Rows.ToArray()).Select(row => row.Key.Model),
        RowKind.SessionSummary => envelope.Sessions.Select(row => row.PrimaryModel.Value!),
        _ => envelope.Windows.Select(row => $"row{(row.Key.StartedAt - EnvelopeBuilder.DefaultSyncedAt).Hours}"),
    };

    /// <summary>Three rows named row0 to row2, the one at <paramref name="place"/> with <paramref name="json"/> in <paramref name="field"/>.</summary>
    private static EnvelopeBuilder Three(RowKind kind, int place, string field, string json)
    {
        var envelope = Parsing.AnEnvelope();
        for (var i = 0; i < 3; i++)
        {
            var (name, isBad) = ($"row{i}", i == place);
            if (kind == RowKind.DailyRollup) envelope.Rollup(Parsing.Day, r => Spoil(r.Model(name), isBad));
            else if (kind == RowKind.SessionSummary) envelope.Session("s" + i, s => Spoil(s.PrimaryModel(name), isBad));
            else envelope.Window(EnvelopeBuilder.DefaultSyncedAt.AddHours(i), w => Spoil(w, isBad));
        }

        return envelope;

        void Spoil<TRow>(RowBuilder<TRow> row, bool isBad)
            where TRow : RowBuilder<TRow>
        {
            if (!isBad) return;
            if (json == Missing) row.Without(field);
            else row.Raw(field, json);
        }
    }

    private static string Row(string model, string costs = "\"cost_cents\": 12.5") =>
        $$"""
        {"bucket_day": "2026-05-12", "role": "assistant", "provider": "codex", "model": "{{model}}", "repo_id": "r", "git_branch": "b", "message_count": 1, "input_tokens": 2, "output_tokens": 3, "cache_creation_tokens": 4, "cache_read_tokens": 5, {{costs}}}
        """;
}
