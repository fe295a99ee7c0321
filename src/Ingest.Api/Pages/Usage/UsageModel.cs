namespace Ingest.Api.Pages.Usage;

/// <summary>What was used, and what it cost.</summary>
public sealed record UsageModel;
