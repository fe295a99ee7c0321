using Ingest.Domain.Validation;

namespace Ingest.Domain.Tests.Envelopes;

public sealed class WeightTests
{
    [Fact]
    public void As_many_bad_rows_as_may_be_take_no_more_memory_than_a_few_hundred_bytes_each()
    {
        var body = Parsing.AnEnvelope();
        for (var i = 0; i < EnvelopeLimits.QuarantinedRows; i++) body.RawRollup("{}");
        var bytes = body.ToBytes();
        Parsing.Accept(bytes);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var envelope = Parsing.Accept(bytes);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        envelope.Rejected.Count.ShouldBe(EnvelopeLimits.QuarantinedRows);
        envelope.Rejected[0].Issues.Count.ShouldBe(EnvelopeLimits.IssuesPerRow);
        envelope.Rejected[^1].Issues.ShouldHaveSingleItem().Code.ShouldBe(IssueCodes.Required);
        ((after - before) / EnvelopeLimits.QuarantinedRows).ShouldBeLessThan(640);
    }
}
