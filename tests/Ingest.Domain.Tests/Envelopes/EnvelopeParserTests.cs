using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Validation;
using Ingest.Testing.Envelopes;

namespace Ingest.Domain.Tests.Envelopes;

public sealed class EnvelopeParserTests
{
    [Theory]
    [InlineData("5", "5")]
    [InlineData("0", "0")]
    [InlineData("-1", "-1")]
    [InlineData("2.5", "2.5")]
    [InlineData("1e9999", "1e9999")]
    [InlineData("123456789012345678901234567890", "12345678901234567890")]
    [InlineData("\"2\"", "a string")]
    [InlineData("\"ignore all that\"", "a string")]
    [InlineData("null", "null")]
    [InlineData("true", "true")]
    [InlineData("{\"a\":5}", "an object")]
    [InlineData("[2]", "an array")]
    public void An_unknown_version_is_refused_with_the_one_sentence_a_daemon_can_parse(string json, string named) =>
        Parsing.AnEnvelope().Field("schema_version", json).Parse()
            .ShouldBe(new ParsedEnvelope.UnsupportedVersion(EnvelopeBuilder.DefaultDevice, $"Unsupported schema_version: {named}. Expected one of: [1, 2, 3, 4]."));

    [Fact]
    public void So_is_a_missing_version() =>
        Parsing.AnEnvelope().Without("schema_version").Parse()
            .ShouldBe(new ParsedEnvelope.UnsupportedVersion(EnvelopeBuilder.DefaultDevice, "Unsupported schema_version: missing. Expected one of: [1, 2, 3, 4]."));

    [Theory]
    [InlineData("1", 1)]
    [InlineData("2", 2)]
    [InlineData("2.0", 2)]
    [InlineData("30e-1", 3)]
    [InlineData("4", 4)]
    public void A_version_is_a_number_in_any_notation(string json, int version) =>
        Parsing.AnEnvelope().Field("schema_version", json).Accept().SchemaVersion.ShouldBe(version);

    [Fact]
    public void The_version_is_judged_before_anything_else() =>
        Parsing.Parse("{\"schema_version\": 5, \"payload\": [], \"payload\": 7}").ShouldBeOfType<ParsedEnvelope.UnsupportedVersion>();

    [Theory]
    [InlineData("device_id", "null", IssueCodes.Required)]
    [InlineData("device_id", "\"\"", IssueCodes.Required)]
    [InlineData("device_id", "7", IssueCodes.Required)]
    [InlineData("device_id", "\"a b\"", IssueCodes.InvalidFormat)]
    [InlineData("device_id", "\"\\ud800\"", IssueCodes.Required)]
    [InlineData("workspace_id", "null", IssueCodes.Required)]
    [InlineData("workspace_id", "\"\"", IssueCodes.Required)]
    [InlineData("workspace_id", "7", IssueCodes.WrongType)]
    [InlineData("workspace_id", "{}", IssueCodes.WrongType)]
    [InlineData("synced_at", "\"soon\"", IssueCodes.InvalidTimestamp)]
    [InlineData("synced_at", "1715711434", IssueCodes.InvalidTimestamp)]
    [InlineData("synced_at", "\"1969-12-31T23:59:59Z\"", IssueCodes.InvalidTimestamp)]
    [InlineData("payload", "null", IssueCodes.WrongType)]
    [InlineData("payload", "[]", IssueCodes.WrongType)]
    [InlineData("payload", "\"\"", IssueCodes.WrongType)]
    public void A_field_of_the_envelope_that_cannot_be_used_is_named_as_the_wire_names_it(string field, string json, string code)
    {
        var issue = Parsing.AnEnvelope().Field(field, json).Refuse().ShouldHaveSingleItem();
        issue.Path.ShouldBe("$." + field);
        issue.Code.ShouldBe(code);
    }

    [Theory]
    [InlineData("device_id", "Missing or invalid device_id")]
    [InlineData("workspace_id", "Missing or invalid workspace_id")]
    [InlineData("payload", "Missing payload")]
    public void A_missing_field_of_the_envelope_is_named_in_the_contracts_words(string field, string message) =>
        Parsing.AnEnvelope().Without(field).Refuse().ShouldBe([new Issue("$." + field, IssueCodes.Required, message)]);

    [Theory]
    [InlineData("{\"session_summaries\": []}", "daily_rollups")]
    [InlineData("{\"daily_rollups\": null, \"session_summaries\": []}", "daily_rollups")]
    [InlineData("{\"daily_rollups\": [], \"session_summaries\": {}}", "session_summaries")]
    [InlineData("{\"daily_rollups\": []}", "session_summaries")]
    [InlineData("{\"daily_rollups\": [], \"session_summaries\": [], \"window_summaries\": null}", "window_summaries")]
    [InlineData("{\"daily_rollups\": [], \"session_summaries\": [], \"window_summaries\": 0}", "window_summaries")]
    public void An_array_that_is_none_is_named(string payload, string array) =>
        Parsing.AnEnvelope().Field("payload", payload).Refuse()
            .ShouldBe([new Issue("$.payload." + array, IssueCodes.WrongType, $"payload.{array} must be an array")]);

    [Theory]
    [InlineData("{\"schema_version\": 2, \"device_id\": \"d\", \"device_id\": \"e\", \"workspace_id\": \"w\", \"payload\": {\"daily_rollups\": [], \"session_summaries\": []}}", "$.device_id")]
    [InlineData("{\"schema_version\": 2, \"device_id\": \"d\", \"workspace_id\": \"w\", \"payload\": {\"daily_rollups\": [], \"daily_rollups\": [], \"session_summaries\": []}}", "$.payload.daily_rollups")]
    public void A_field_that_stands_twice_is_refused(string body, string path) =>
        Parsing.Parse(body).ShouldBeOfType<ParsedEnvelope.Invalid>().Issues.ShouldBe([new Issue(path, IssueCodes.DuplicateField, path + " stands twice.")]);

    [Fact]
    public void Everything_wrong_with_the_envelope_is_told_at_once_and_the_device_where_it_can_be_read()
    {
        var refused = Parsing.AnEnvelope().Device("6513270E-269E-4D37-B2A7-4DE452E6B438").Without("workspace_id").Field("synced_at", "0").Without("payload")
            .Parse().ShouldBeOfType<ParsedEnvelope.Invalid>();
        refused.DeviceId.ShouldBe("6513270e-269e-4d37-b2a7-4de452e6b438");
        refused.Issues.Select(issue => issue.Path).ShouldBe(["$.workspace_id", "$.synced_at", "$.payload"]);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("[{\"schema_version\": 2}]")]
    [InlineData("\"text\"")]
    [InlineData("42")]
    public void A_body_that_is_no_object_is_no_envelope(string body) =>
        Parsing.Parse(body).ShouldBeOfType<ParsedEnvelope.Invalid>().Issues.ShouldBe([new Issue("$", IssueCodes.WrongType, "The body must be a JSON object.")]);

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{},")]
    [InlineData("[] x")]
    [InlineData("{\"a\": 1,}")]
    [InlineData("{\"a\": 01}")]
    [InlineData("{\"a\": NaN}")]
    [InlineData("{'a': 1}")]
    [InlineData("{\"a\": 1} // comment")]
    [InlineData("schema_version=2")]
    [InlineData("{\"a\": \"\u0000\"}")]
    [InlineData("{\"a\": \"\\x\"}")]
    public void What_is_no_json_is_told_apart(string body)
    {
        var issue = Parsing.Parse(body).ShouldBeOfType<ParsedEnvelope.NotJson>().Issue;
        issue.Code.ShouldBe(IssueCodes.InvalidJson);
        issue.Message.ShouldStartWith("Not valid JSON at line 1, byte ");
        IssueCodes.All.ShouldContain(known => known.Code == issue.Code);
    }

    [Fact]
    public void Json_that_breaks_off_in_a_row_names_the_row()
    {
        var whole = Parsing.AnEnvelope().Rollup(Parsing.Day).Rollup(Parsing.Day).ToJson();
        var at = whole.LastIndexOf("\"model\"", StringComparison.Ordinal);
        Parsing.Parse(whole[..at]).ShouldBeOfType<ParsedEnvelope.NotJson>().Issue.Path.ShouldStartWith("$.payload.daily_rollups[1]");
    }

    [Fact]
    public void Json_that_breaks_off_before_a_row_names_that_row_and_no_field_of_the_one_before()
    {
        var whole = Parsing.AnEnvelope().Rollup(Parsing.Day).Rollup(Parsing.Day).Window(EnvelopeBuilder.DefaultSyncedAt).ToJson();
        var second = whole.LastIndexOf("{\"bucket_day\"", StringComparison.Ordinal);
        Parsing.Parse(whole[..second]).ShouldBeOfType<ParsedEnvelope.NotJson>().Issue.Path.ShouldBe("$.payload.daily_rollups[1]");
        var window = whole.LastIndexOf("{\"started_at\"", StringComparison.Ordinal);
        Parsing.Parse(whole[..window]).ShouldBeOfType<ParsedEnvelope.NotJson>().Issue.Path.ShouldBe("$.payload.window_summaries[0]");
    }

    [Fact]
    public void Depth_is_bounded_and_within_it_unknown_fields_are_skipped()
    {
        static string Nested(int depth) => new string('[', depth) + new string(']', depth);
        Parsing.AnEnvelope().Field("extension", Nested(60)).Rollup(Parsing.Day, r => r.Raw("extension", Nested(50))).Accept().OnlyRollup();
        Parsing.AnEnvelope().Field("extension", Nested(100)).Parse().ShouldBeOfType<ParsedEnvelope.NotJson>();
        Parsing.AnEnvelope().Rollup(Parsing.Day, r => r.Raw("extension", Nested(100_000))).Parse().ShouldBeOfType<ParsedEnvelope.NotJson>();
    }

    [Fact]
    public void A_byte_order_mark_is_skipped() =>
        Parsing.Accept([0xEF, 0xBB, 0xBF, .. Parsing.AnEnvelope().Rollup(Parsing.Day).ToBytes()]).OnlyRollup();

    [Fact]
    public void Names_may_be_escaped_and_a_name_with_half_a_pair_is_unknown()
    {
        var json = Parsing.AnEnvelope().Rollup(Parsing.Day, r => r.Raw("\ud83d\ude00", "1")).ToJson()
            .Replace("\"bucket_day\"", "\"bucket\\u005fday\"").Replace("\"payload\"", "\"\\u0070ayload\"").Replace("\"label\"", "\"\\ud800\": 1, \"label\"")
            .Replace("\"role\"", "\"role\\udc00\": 7, \"role\"");
        Parsing.Parse(json).ShouldBeOfType<ParsedEnvelope.Accepted>().Envelope.OnlyRollup().Key.BucketDay.ShouldBe(Parsing.Day);
    }

    [Fact]
    public void Every_name_is_known_with_every_character_escaped_too()
    {
        var at = EnvelopeBuilder.DefaultSyncedAt;
        var plain = Parsing.AnEnvelope()
            .Rollup(Parsing.Day, r => r.Ticket("PAY-1").Raw("cost_cents", "1"))
            .Session("s", s => s.StartedAt(at).EndedAt(at).DurationMs(5).Repo("r").Branch("b").Ticket("T", "branch_numeric").PrimaryModel("m").Title("t")
                .Vital("context_drag", "green", 0.5m).Vital("cache_efficiency", "red", 1m).Vital("thrashing", "yellow", 3m).Vital("cost_acceleration", "red", 4m).Vital("overall", "green"))
            .Window(at);
        var escaped = Regex.Replace(
            plain.ToJson(), "\"[a-z_]+\"", word => "\"" + string.Concat(word.Value[1..^1].Select(c => $"\\u{(int)c:x4}")) + "\"", RegexOptions.NonBacktracking);
        escaped.ShouldNotContain("bucket_day");
        escaped.ShouldNotContain("branch_numeric");
        Parsing.Parse(escaped).ShouldBeOfType<ParsedEnvelope.Accepted>().Envelope.ShouldTellTheSameAs(plain.Accept(), escaped);
    }

    [Fact]
    public void Broken_utf8_rejects_the_row_it_stands_in_and_no_other()
    {
        var body = Parsing.AnEnvelope().Rollup(Parsing.Day, r => r.Model("good")).Rollup(Parsing.Day, r => r.Model("b@d")).Session("s", s => s.Title("g@@d")).ToBytes();
        body[body.AsSpan().IndexOf("b@d"u8) + 1] = 0xC3;
        body[body.AsSpan().IndexOf("g@@d"u8) + 1] = 0xC3;
        body[body.AsSpan().IndexOf("@d"u8)] = 0xA9;
        var envelope = Parsing.Accept(body);
        envelope.Rejected.ShouldHaveSingleItem().Issues.ShouldHaveSingleItem().ShouldBe(new Issue(
            "$.payload.daily_rollups[1].model", IssueCodes.InvalidText, "The text cannot be stored: U+0000, half of a surrogate pair, or not UTF-8."));
        envelope.RollupCount.ShouldBe(1);
        envelope.Sessions.ShouldHaveSingleItem().Title.Value.ShouldBe("géd");
    }

    [Fact]
    public void Escaped_and_broken_together_are_refused_too()
    {
        var body = Parsing.AnEnvelope().Rollup(Parsing.Day, r => r.Raw("model", "\"\\u00e9@\"").Raw("ticket_source", "\"\\u00e9@\"").Raw("bucket_day", "\"\\u00e9@\"")).ToBytes();
        while (body.AsSpan().IndexOf((byte)'@') is >= 0 and var at) body[at] = 0xFF;
        Parsing.Accept(body).Rejected.ShouldHaveSingleItem().Issues.Select(issue => issue.Code).ShouldBe([IssueCodes.InvalidDay, IssueCodes.InvalidText]);
    }

    [Fact]
    public void The_workspace_is_read_from_where_older_daemons_put_it()
    {
        Parsing.AnEnvelope().AsOrganisation().Accept().WorkspaceId.ShouldBe(Parsing.Workspace);
        Parsing.AnEnvelope().Field("org_id", "\"org_other\"").Accept().WorkspaceId.ShouldBe(Parsing.Workspace);
        Parsing.AnEnvelope().AsOrganisation().Field("workspace_id", "null").Accept().WorkspaceId.ShouldBe(Parsing.Workspace);
        Parsing.AnEnvelope().AsOrganisation().Field("org_id", "5").Refuse().ShouldHaveSingleItem().Path.ShouldBe("$.workspace_id");
    }

    [Theory]
    [InlineData("\" build-box \"", "build-box")]
    [InlineData("\"\"", null)]
    [InlineData("\" \\t\\u00a0\"", null)]
    [InlineData("null", null)]
    [InlineData("5", null)]
    [InlineData("{\"a\": 1}", null)]
    [InlineData("\"\\ud800\"", null)]
    [InlineData("\"a\\u0000b\"", null)]
    [InlineData("\"caf\\u00e9\"", "café")]
    public void A_label_refuses_nothing(string json, string? label) =>
        Parsing.AnEnvelope().Field("label", json).Accept().Label.ShouldBe(new Sent<string>(label));

    [Fact]
    public void A_label_is_cut_to_128_units_and_never_in_the_middle_of_a_pair()
    {
        Parsing.AnEnvelope().Label(new string('x', 200)).Accept().Label.Value.ShouldBe(new string('x', 128));
        Parsing.AnEnvelope().Label(new string('x', 127) + "😀").Accept().Label.Value.ShouldBe(new string('x', 127));
        Parsing.AnEnvelope().Without("label").Accept().Label.IsPresent.ShouldBeFalse();
    }

    [Fact]
    public void The_stamp_may_be_missing()
    {
        Parsing.AnEnvelope().Without("synced_at").Accept().SyncedAt.ShouldBeNull();
        Parsing.AnEnvelope().Field("synced_at", "null").Accept().SyncedAt.ShouldBeNull();
        Parsing.AnEnvelope().Field("synced_at", "\"2026-05-14T22:55:34.123456789+02:00\"").Accept().SyncedAt
            .ShouldBe(new DateTimeOffset(2026, 5, 14, 20, 55, 34, TimeSpan.Zero).AddMicroseconds(123_456));
    }

    [Fact]
    public void The_latest_day_counts_rejected_rows_whose_day_can_be_read()
    {
        var day = Parsing.Day;
        Parsing.AnEnvelope().Accept().LatestDay.ShouldBeNull();
        Parsing.AnEnvelope().Rollup(day).Rollup(day.AddDays(2)).Rollup(day.AddDays(1)).Accept().LatestDay.ShouldBe(day.AddDays(2));
        Parsing.AnEnvelope().Rollup(day).Rollup(day.AddDays(3), r => r.Messages(-1)).Accept().LatestDay.ShouldBe(day.AddDays(3));
        Parsing.AnEnvelope().Rollup(day, r => r.Messages(-1)).Accept().LatestDay.ShouldBe(day);
        Parsing.AnEnvelope().Rollup(day).Rollup(day, r => r.Raw("bucket_day", "\"9999-99-99\"")).Accept().LatestDay.ShouldBe(day);
    }

    [Fact]
    public void Days_and_rows_come_in_the_order_of_the_key()
    {
        var envelope = Parsing.AnEnvelope()
            .Rollup(Parsing.Day.AddDays(1)).Rollup(Parsing.Day, r => r.Model("\U00010000")).Rollup(Parsing.Day, r => r.Model("\uffff")).Rollup(Parsing.Day, r => r.Model("a")).Accept();
        envelope.Days.Select(day => day.Day).ShouldBe([Parsing.Day, Parsing.Day.AddDays(1)]);
        envelope.Days[0].Rows.ToArray().Select(row => row.Key.Model).ShouldBe(["a", "\uffff", "\U00010000"]);
    }

    [Fact]
    public void In_whatever_order_rows_come_they_stand_in_key_order_and_of_equal_keys_the_last_one_stays() =>
        Prop.ForAll(Sent(100).ToArbitrary(), rows =>
        {
            var builder = Parsing.AnEnvelope();
            foreach (var (day, model, branch, messages) in rows) builder.Rollup(Parsing.Day.AddDays(day), r => r.Model(model).Branch(branch).Messages(messages));
            var expected = rows
                .GroupBy(row => (row.Day, row.Model, row.Branch)).Select(same => same.Last())
                .OrderBy(row => row.Day).ThenBy(row => row.Model, StringComparer.Ordinal).ThenBy(row => row.Branch, StringComparer.Ordinal)
                .ToArray();

            var days = builder.Accept().Days;
            days.Select(day => day.Day).ShouldBe(expected.Select(row => Parsing.Day.AddDays(row.Day)).Distinct());
            days.SelectMany(day => day.Rows.ToArray().Select(row => (row.Key.BucketDay.DayNumber - Parsing.Day.DayNumber, row.Key.Model, row.Key.GitBranch, (int)row.MessageCount)))
                .ShouldBe(expected);
            days.ShouldAllBe(day => day.Rows.ToArray().All(row => row.Key.BucketDay == day.Day));
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Of_sessions_with_one_id_the_last_one_stays_in_the_place_of_the_first() =>
        Prop.ForAll(Sent(40).ToArbitrary(), rows =>
        {
            var builder = Parsing.AnEnvelope();
            foreach (var (day, model, branch, messages) in rows) builder.Session(model + day, s => s.Messages(messages));
            builder.Accept().Sessions.Select(session => (session.SessionId, (int)session.MessageCount))
                .ShouldBe(rows.GroupBy(row => row.Model + row.Day).Select(same => (same.Key, same.Last().Messages)));
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void A_body_of_nothing_but_bad_rows_costs_no_more_memory_than_may_be_kept()
    {
        var rows = string.Join(',', Enumerable.Repeat("0", EnvelopeLimits.QuarantinedRows));
        Parsing.Parse(Parsing.AnEnvelope().Field("payload", $"{{\"daily_rollups\": [{rows}], \"session_summaries\": []}}").ToJson()).ShouldBeOfType<ParsedEnvelope.Accepted>();

        var many = string.Join(',', Enumerable.Range(0, 1_000_000).Select(i => $"{{\"role\":{i}}}"));
        var body = Encoding.UTF8.GetBytes(Parsing.AnEnvelope().Field("payload", $"{{\"daily_rollups\": [{many}], \"session_summaries\": []}}").ToJson());
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refused = EnvelopeParser.Parse(body).ShouldBeOfType<ParsedEnvelope.Invalid>();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(body.Length * 4L);
        refused.DeviceId.ShouldBe(EnvelopeBuilder.DefaultDevice);
        refused.Issues.ShouldHaveSingleItem().ShouldBe(new Issue("$.payload", IssueCodes.TooManyBadRows, "More than 10000 rows cannot be used."));
        IssueCodes.All.ShouldContain(known => known.Code == IssueCodes.TooManyBadRows);
    }

    /// <summary>Of few values, so that rows meet; in key order now and then, as a daemon may send them.</summary>
    private static Gen<(int Day, string Model, string Branch, int Messages)[]> Sent(int most)
    {
        var row =
            from day in Gen.Choose(0, 3)
            from model in Gen.Elements("", "a", "b", "ba")
            from branch in Gen.Elements("", "main", "mainline")
            from messages in Gen.Choose(0, 1_000)
            select (Day: day, Model: model, Branch: branch, Messages: messages);
        return
            from length in Gen.Choose(0, most)
            from rows in row.ArrayOf(length)
            from isSorted in Gen.Elements(true, false)
            select isSorted ? [.. rows.OrderBy(sent => sent.Day).ThenBy(sent => sent.Model, StringComparer.Ordinal).ThenBy(sent => sent.Branch, StringComparer.Ordinal)] : rows;
    }
}
