using System.Text;
using Ingest.Simulator.Daemon;

namespace Ingest.Simulator.Tests.Daemon;

public sealed class SyncAnswerTests
{
    [Theory]
    [InlineData("""{"accepted":true,"watermark":"2026-03-08","records_upserted":1}""", nameof(SyncOutcome.Success), "2026-03-08")]
    [InlineData("""{"accepted":false,"watermark":null}""", nameof(SyncOutcome.Success), null)]
    [InlineData("""{"watermark":"2026-03-08"}""", nameof(SyncOutcome.Transient), null)]
    [InlineData("""{"accepted":"yes"}""", nameof(SyncOutcome.Transient), null)]
    [InlineData("""{"accepted":true,"watermark":8}""", nameof(SyncOutcome.Transient), null)]
    [InlineData("""[true]""", nameof(SyncOutcome.Transient), null)]
    [InlineData("""<html>""", nameof(SyncOutcome.Transient), null)]
    [InlineData("", nameof(SyncOutcome.Transient), null)]
    public void A_success_has_to_say_whether_it_accepted(string body, string outcome, string? watermark)
    {
        var answer = SyncAnswer.Of(200, Encoding.UTF8.GetBytes(body));
        answer.Outcome.ToString().ShouldBe(outcome);
        answer.Watermark.ShouldBe(watermark);
    }

    [Theory]
    [InlineData("Unsupported schema_version: 5. Expected one of: [1, 2, 3, 4].", nameof(SchemaMismatch.ServerTooOld))]
    [InlineData("Unsupported schema_version: 1. Expected one of: [2, 3]", nameof(SchemaMismatch.ClientTooOld))]
    [InlineData("""{"error":"Unsupported schema_version: 7. Expected one of: [1, 2, 3, 4]."}""", nameof(SchemaMismatch.ServerTooOld))]
    [InlineData("Unsupported schema_version: 5. Expected one of: 1, 2, 3, 4.", nameof(SchemaMismatch.NotSchemaRelated))]
    [InlineData("Unsupported schema_version: 3. Expected one of: [1, 2, 3, 4].", nameof(SchemaMismatch.NotSchemaRelated))]
    [InlineData("Unsupported schema_version: five. Expected one of: [1, 2, 3, 4].", nameof(SchemaMismatch.NotSchemaRelated))]
    [InlineData("Unsupported schema_version: 5. Expected one of: []", nameof(SchemaMismatch.NotSchemaRelated))]
    [InlineData("daily_rollups[0].message_count must be a finite, non-negative number", nameof(SchemaMismatch.NotSchemaRelated))]
    public void A_422_is_understood_only_with_brackets(string body, string mismatch)
    {
        var answer = SyncAnswer.Of(422, Encoding.UTF8.GetBytes(body));
        answer.Outcome.ShouldBe(SyncOutcome.SchemaMismatch);
        answer.Mismatch.ToString().ShouldBe(mismatch);
    }
}
