using System.Text.Json.Serialization;
using Ingest.Persistence.Invites;

namespace Ingest.Api.Operator;

/// <summary>The answer of <c>invite create</c>: the only place a token is ever shown.</summary>
/// <param name="Token">What people accept with.</param>
/// <param name="Invite">What the list shows of it.</param>
/// <param name="Endpoint">Where it is accepted, where that is configured.</param>
internal sealed record NewInvite(
    string Token, ListedInvite Invite, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Endpoint);
