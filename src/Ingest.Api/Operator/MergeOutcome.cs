using Ingest.Api.Merging;

namespace Ingest.Api.Operator;

/// <summary>What a merge would do, or has done.</summary>
internal sealed record MergeOutcome(string WorkspaceId, bool Merged, MergeAnswer Merge);
