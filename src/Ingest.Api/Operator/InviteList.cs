using Ingest.Persistence.Invites;

namespace Ingest.Api.Operator;

/// <summary>The answer of <c>invite list</c>.</summary>
internal sealed record InviteList(IReadOnlyList<ListedInvite> Invites);
