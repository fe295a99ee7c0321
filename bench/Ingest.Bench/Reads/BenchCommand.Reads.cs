using Ingest.Bench.Reads;

namespace Ingest.Bench;

internal sealed partial class BenchCommand
{
    static partial void OfferReads(ref Func<BenchOptions, TextWriter, TextWriter, CancellationToken, Task<int>>? offer) =>
        offer = async (options, output, error, cancellation) => await new ReadsRun(output, error).RunAsync(options, cancellation) ? AsExpected : NotAsExpected;
}
