namespace Ingest.Persistence.Identity;

/// <summary>What a bootstrap had to create; both false when it was done before.</summary>
public sealed record BootstrapOutcome(string WorkspaceId, string KeyPrefix, bool WorkspaceCreated, bool KeyCreated);
