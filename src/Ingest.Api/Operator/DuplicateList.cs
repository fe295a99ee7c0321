namespace Ingest.Api.Operator;

/// <summary>Devices that may be one, by workspace.</summary>
internal sealed record DuplicateList(IReadOnlyList<WorkspaceDuplicates> Workspaces);
