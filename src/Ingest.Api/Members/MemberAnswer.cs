using Ingest.Domain.Identity;
using Ingest.Persistence.Members;

namespace Ingest.Api.Members;

/// <summary>A person of the workspace.</summary>
/// <param name="UserId">Names them.</param>
/// <param name="Name">What people call them.</param>
/// <param name="Role"><c>owner</c>, <c>manager</c>, <c>member</c> or <c>viewer</c>: what their keys can do at most.</param>
/// <param name="Kind">Always <c>person</c>: services are not members.</param>
/// <param name="CreatedAt">When they came.</param>
/// <param name="LiveKeys">How many keys of theirs work.</param>
/// <param name="Devices">How many devices are theirs.</param>
internal sealed record MemberAnswer(Guid UserId, string Name, string Role, string Kind, DateTimeOffset CreatedAt, long LiveKeys, long Devices)
{
    private const string Person = "person";

    public static MemberAnswer Of(ListedMember member) =>
        new(member.UserId, member.Name, UserRoles.NameOf(member.Role), Person, member.CreatedAt, member.LiveKeys, member.Devices);
}
