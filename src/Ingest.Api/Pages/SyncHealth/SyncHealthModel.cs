namespace Ingest.Api.Pages.SyncHealth;

/// <summary>The fleet at a glance.</summary>
public sealed record SyncHealthModel;
