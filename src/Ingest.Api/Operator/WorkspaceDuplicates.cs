using Ingest.Api.Merging;
using Ingest.Domain.Merging;

namespace Ingest.Api.Operator;

/// <summary>Devices of one workspace that may be one.</summary>
internal sealed record WorkspaceDuplicates(string WorkspaceId, IReadOnlyList<DuplicateAnswer> Candidates, int Count)
{
    public static WorkspaceDuplicates Of(DuplicateReport report) => new(report.WorkspaceId, [.. report.Candidates.Select(DuplicateAnswer.Of)], report.Count);
}
