namespace Ingest.Api.Invites;

/// <summary>A new invite.</summary>
/// <param name="Token">What is accepted with: shown now and never again.</param>
/// <param name="Invite">What the list shows of it.</param>
internal sealed record CreatedInviteAnswer(string Token, InviteAnswer Invite);
