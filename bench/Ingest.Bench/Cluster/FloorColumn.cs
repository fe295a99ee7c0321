namespace Ingest.Bench.Cluster;

/// <summary>A column that the floor writes.</summary>
/// <param name="Name">As the schema has it.</param>
/// <param name="Value">What is written, as SQL.</param>
internal sealed record FloorColumn(string Name, string Value);
