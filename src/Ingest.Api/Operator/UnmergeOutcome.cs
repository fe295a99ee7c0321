using Ingest.Api.Merging;

namespace Ingest.Api.Operator;

/// <summary>A merge that was taken back.</summary>
internal sealed record UnmergeOutcome(string WorkspaceId, UndoneMergeAnswer Undone);
