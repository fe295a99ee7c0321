using Ingest.Persistence.Members;

namespace Ingest.Api.Operator;

/// <summary>The answer of <c>member list</c>.</summary>
internal sealed record MemberList(IReadOnlyList<ListedMember> Members);
