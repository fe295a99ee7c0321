using Ingest.Bench.Micro;

namespace Ingest.Bench;

internal sealed partial class BenchCommand
{
    static partial void OfferMicro(ref Func<bool, TextWriter, CancellationToken, Task<int>>? offer) =>
        offer = (quick, output, cancellation) => Task.Run(() => MicroRun.Run(quick, output, cancellation) ? AsExpected : NotAsExpected, cancellation);
}
