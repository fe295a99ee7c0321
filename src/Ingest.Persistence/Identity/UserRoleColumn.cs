using Ingest.Domain.Identity;

namespace Ingest.Persistence.Identity;

/// <summary>How a role stands in the <c>role</c> column of <c>users</c>.</summary>
internal static class UserRoleColumn
{
    public static string Write(UserRole role) => role switch
    {
        UserRole.Member => "member",
        UserRole.Manager => "manager",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "No such role."),
    };

    public static UserRole Read(string text) => text switch
    {
        "member" => UserRole.Member,
        "manager" => UserRole.Manager,
        _ => throw new ArgumentOutOfRangeException(nameof(text), text, "No such role; this build is older than the database."),
    };
}
