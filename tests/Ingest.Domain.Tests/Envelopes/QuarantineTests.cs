using System.Text;
using System.Text.Json;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Validation;

namespace Ingest.Domain.Tests.Envelopes;

public sealed class QuarantineTests
{
    [Fact]
    public void Only_the_contracts_own_fields_are_kept_and_only_their_scalars()
    {
        var rejected = Only("""
            {"bucket_day": "2026-05-12", "role": {"prompt": "secret"}, "provider": ["secret"], "content": "secret", "secret": 1, "\u0070ath": "secret",
             "model": "m\u00e9", "message_count": -1.50, "ticket": null, "secre\ud800t": "secret"}
            """);
        Encoding.UTF8.GetString(rejected.Raw.Span).ShouldBe("""{"bucket_day":"2026-05-12","role":{},"provider":[],"model":"m\u00e9","message_count":-1.50,"ticket":null}""");
    }

    [Fact]
    public void A_number_in_quotes_is_kept_and_a_long_text_in_its_place_is_not()
    {
        var rejected = Only("""{"message_count": "5", "input_tokens": "the whole prompt of a person, who did not mean to send it"}""");
        Encoding.UTF8.GetString(rejected.Raw.Span).ShouldBe("""{"message_count":"5","input_tokens":""}""");
    }

    [Theory]
    [InlineData("\"secret\"", "\"\"")]
    [InlineData("[\"secret\"]", "[]")]
    [InlineData("4111111111111111", "0")]
    [InlineData("true", "false")]
    [InlineData("null", "null")]
    public void Of_what_is_no_row_only_the_type_is_kept(string row, string kept) =>
        Encoding.UTF8.GetString(Only(row).Raw.Span).ShouldBe(kept);

    [Fact]
    public void What_is_kept_is_bounded_and_still_json()
    {
        var huge = new string('x', 6_000);
        var rejected = Only($$"""{"role": "{{huge}}", "provider": "{{huge}}", "model": "m", "bucket_day": 5}""");
        rejected.Raw.Length.ShouldBeLessThanOrEqualTo(EnvelopeLimits.QuarantinedRowBytes);
        using var json = JsonDocument.Parse(rejected.Raw);
        json.RootElement.GetProperty("role").GetString().ShouldBe(huge);
        json.RootElement.TryGetProperty("provider", out _).ShouldBeFalse();
        json.RootElement.GetProperty("model").GetString().ShouldBe("m");
    }

    [Fact]
    public void A_row_whose_key_is_readable_stays_one_quarantined_row_whatever_else_changes()
    {
        static RejectedRow Bad(int messages, string role) =>
            Parsing.AnEnvelope().Rollup(Parsing.Day, r => r.Role(role).Messages(messages)).Accept().Rejected.ShouldHaveSingleItem();

        var (first, second, other) = (Bad(-1, "user"), Bad(-2, "user"), Bad(-1, "assistant"));
        first.QuarantineId.ShouldBe(second.QuarantineId);
        first.Raw.ToArray().ShouldNotBe(second.Raw.ToArray());
        first.QuarantineId.ShouldNotBe(other.QuarantineId);
        first.BucketDay.ShouldBe(Parsing.Day);
        first.Key.ShouldBe(new RollupKey(Parsing.Day, "user", "claude_code", "claude-sonnet-4-5-20250929", "github.com/acme/storefront", "main", "terminal"));
    }

    [Fact]
    public void A_row_whose_key_cannot_be_read_has_no_key_and_the_same_id_while_the_same_stands_in_its_place()
    {
        const string row = """{"bucket_day": "2026-05-12", "role": 5, "message_count": 1}""";
        Only(row).Key.ShouldBeNull();
        Only(row).BucketDay.ShouldBe(Parsing.Day);
        Only(row).QuarantineId.ShouldBe(Only(row).QuarantineId);
        Only(row).QuarantineId.ShouldNotBe(Only(row.Replace("5,", "6,")).QuarantineId);
        Only(row).QuarantineId.ShouldBe(Only(row.Replace("\"message_count\": 1", "\"message_count\": 2")).QuarantineId);

        var twice = Parsing.AnEnvelope().RawRollup(row).RawRollup(row).Accept().Rejected.Select(rejected => rejected.QuarantineId).ToList();
        twice.Distinct().Count().ShouldBe(2);
        Parsing.AnEnvelope().RawRollup(row).RawRollup(row).Accept().Rejected.Select(rejected => rejected.QuarantineId).ShouldBe(twice);
    }

    [Fact]
    public void Rows_of_two_kinds_never_share_an_id()
    {
        var ids = Parsing.AnEnvelope().RawRollup("{}").RawSession("{}").RawWindow("{}").RawSession("""{"session_id": ""}""").Accept().Rejected.Select(row => row.QuarantineId).ToList();
        ids.Count.ShouldBe(4);
        ids.Distinct().Count().ShouldBe(4);
    }

    [Fact]
    public void Bad_sessions_and_windows_are_known_by_their_keys()
    {
        var at = Ingest.Testing.Envelopes.EnvelopeBuilder.DefaultSyncedAt;
        Parsing.AnEnvelope()
            .Session("s", s => s.Messages(-1)).Session("s", s => s.Messages(-2)).Session("t", s => s.Messages(-1))
            .Window(at, w => w.Messages(-1)).Window(at.ToOffset(TimeSpan.FromHours(1)), w => w.Messages(-2)).Window(at, w => w.Provider("codex").Messages(-1))
            .Accept().Rejected.Select(row => (row.Kind, row.Issues[0].Path)).ShouldBe(
            [
                (RowKind.SessionSummary, "$.payload.session_summaries[1].message_count"),
                (RowKind.SessionSummary, "$.payload.session_summaries[2].message_count"),
                (RowKind.WindowSummary, "$.payload.window_summaries[1].message_count"),
                (RowKind.WindowSummary, "$.payload.window_summaries[2].message_count"),
            ]);
    }

    private static RejectedRow Only(string row) => Parsing.AnEnvelope().RawRollup(row).Accept().Rejected.ShouldHaveSingleItem();
}
