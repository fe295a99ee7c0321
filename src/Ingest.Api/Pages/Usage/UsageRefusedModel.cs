namespace Ingest.Api.Pages.Usage;

/// <summary>An address that asks what cannot be answered.</summary>
/// <param name="Address">The usual one, to go on from.</param>
/// <param name="Problem">What is wrong, and what to do.</param>
public sealed record UsageRefusedModel(UsageAddress Address, string Problem);
