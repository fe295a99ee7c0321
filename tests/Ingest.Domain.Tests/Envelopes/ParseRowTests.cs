using Ingest.Domain.Envelopes;
using Ingest.Domain.Validation;
using Ingest.Testing.Envelopes;

namespace Ingest.Domain.Tests.Envelopes;

/// <summary>A row out of quarantine is judged by the very rules of a row in an envelope.</summary>
public sealed class ParseRowTests
{
    private static readonly DateTimeOffset Sent = EnvelopeBuilder.DefaultSyncedAt;

    public static TheoryData<RowKind, string> BadRows => new()
    {
        { RowKind.DailyRollup, """{"bucket_day":"2026-05-12","role":"assistant","provider":"p","model":"m","repo_id":"r","git_branch":"b","message_count":-1}""" },
        { RowKind.DailyRollup, """{"bucket_day":"soon","message_count":"5"}""" },
        { RowKind.DailyRollup, "7" },
        { RowKind.DailyRollup, "null" },
        { RowKind.DailyRollup, "[]" },
        { RowKind.SessionSummary, """{"session_id":"half \ud800","provider":"p"}""" },
        { RowKind.SessionSummary, """{"session_id":"s","session_id":"s"}""" },
        { RowKind.WindowSummary, "{}" },
        { RowKind.WindowSummary, """{"started_at":"2026-05-12T10:00:00Z","cost_cents":-5}""" },
    };

    [Fact]
    public void A_good_row_of_each_kind_is_the_one_its_envelope_would_hold()
    {
        var whole = Parsing.AnEnvelope().Rollup(Parsing.Day, row => row.Surface(" ").Cost(0.00005m)).Accept();
        var rollup = Parse(RowKind.DailyRollup, Shaped(builder => builder.Rollup(Parsing.Day, row => row.Surface(" ").Cost(0.00005m)), "daily_rollups"));
        rollup.OnlyRollup().ShouldBe(whole.OnlyRollup());
        rollup.LatestDay.ShouldBe(Parsing.Day);

        Parse(RowKind.SessionSummary, Shaped(builder => builder.Session("s"), "session_summaries")).Sessions.ShouldHaveSingleItem()
            .ShouldBe(Parsing.AnEnvelope().Session("s").Accept().Sessions[0]);
        Parse(RowKind.WindowSummary, Shaped(builder => builder.Window(Sent), "window_summaries")).Windows.ShouldHaveSingleItem()
            .ShouldBe(Parsing.AnEnvelope().Window(Sent).Accept().Windows[0]);
    }

    [Fact]
    public void The_envelope_around_it_says_where_it_came_from_and_nothing_more()
    {
        var envelope = Parse(RowKind.SessionSummary, Shaped(builder => builder.Session("s"), "session_summaries"));
        (envelope.WorkspaceId, envelope.DeviceId, envelope.SchemaVersion, envelope.SyncedAt).ShouldBe(("ws", "d", 3, Sent));
        envelope.Label.IsPresent.ShouldBeFalse();
        (envelope.UsableRows, envelope.Rejected.Count).ShouldBe((1, 0));
    }

    [Theory, MemberData(nameof(BadRows))]
    public void A_bad_row_is_rejected_as_its_envelope_rejects_it_once_it_was_kept(RowKind kind, string row)
    {
        var builder = Parsing.AnEnvelope();
        var first = (kind switch
        {
            RowKind.DailyRollup => builder.RawRollup(row),
            RowKind.SessionSummary => builder.RawSession(row),
            _ => builder.RawWindow(row),
        }).Accept().Rejected.ShouldHaveSingleItem();

        var again = Parse(kind, first.Raw.Span);
        again.UsableRows.ShouldBe(0);
        var rejected = again.Rejected.ShouldHaveSingleItem();
        rejected.Issues.ShouldBe(first.Issues);
        (rejected.QuarantineId, rejected.BucketDay, rejected.Key).ShouldBe((first.QuarantineId, first.BucketDay, first.Key));
        rejected.Raw.ToArray().ShouldBe(first.Raw.ToArray());
    }

    private static Envelope Parse(RowKind kind, ReadOnlySpan<byte> raw) => EnvelopeParser.ParseRow(kind, raw, "ws", "d", 3, Sent);

    private static byte[] Shaped(Func<EnvelopeBuilder, EnvelopeBuilder> shape, string kind) =>
        Parsing.Utf8(System.Text.Json.Nodes.JsonNode.Parse(shape(Parsing.AnEnvelope()).ToJson())!["payload"]![kind]![0]!.ToJsonString());
}
