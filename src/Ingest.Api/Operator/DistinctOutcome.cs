using Ingest.Api.Merging;

namespace Ingest.Api.Operator;

/// <summary>What is decided about two devices.</summary>
internal sealed record DistinctOutcome(string WorkspaceId, DistinctAnswer Devices);
