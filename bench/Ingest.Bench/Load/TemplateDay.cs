namespace Ingest.Bench.Load;

/// <summary>A day of an envelope: twenty rollups.</summary>
/// <param name="Day">Its UTC day.</param>
/// <param name="Changing">How many of them differ from send to send.</param>
internal sealed record TemplateDay(DateOnly Day, int Changing);
