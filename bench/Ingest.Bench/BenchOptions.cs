namespace Ingest.Bench;

/// <summary>What the command line asks for.</summary>
/// <param name="Only">Names of scenarios, or empty for all.</param>
/// <param name="Rows">Stored rollups to measure at, ascending.</param>
/// <param name="Service">The ingest.dll to run.</param>
/// <param name="CountsRows">Whether to wait, in the last round, until Postgres tells what happened to rows.</param>
/// <param name="Json">The file that the report is written to as well; null for none.</param>
internal sealed record BenchOptions(
    IReadOnlyList<string> Only,
    int Rounds,
    TimeSpan Duration,
    IReadOnlyList<long> Rows,
    int Connections,
    int Devices,
    string Service,
    string? Json,
    bool CountsRows,
    bool IsQuick);
