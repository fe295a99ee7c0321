using Ingest.Domain.Identity;

namespace Ingest.Persistence.Invites;

/// <summary>Whom an invite is for.</summary>
/// <param name="Role">What whoever accepts becomes.</param>
/// <param name="Note">What it is for, in the words of who makes it.</param>
/// <param name="Days">How long it is good.</param>
/// <param name="MostUses">How many people may accept it.</param>
public sealed record InviteWish(UserRole Role = UserRole.Member, string? Note = null, int Days = InviteStore.DefaultDays, int MostUses = 1);
