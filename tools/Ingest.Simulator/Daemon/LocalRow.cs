namespace Ingest.Simulator.Daemon;

internal readonly record struct LocalRow(string Day, RowKey Key, Rollup Rollup);
