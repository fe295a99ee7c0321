using Ingest.Domain.Identity;

namespace Ingest.Persistence.Identity;

/// <summary>How a role stands in the <c>role</c> column of <c>users</c> and <c>invites</c>.</summary>
internal static class UserRoleColumn
{
    public static string Write(UserRole role) => UserRoles.NameOf(role);

    public static UserRole Read(string text) =>
        UserRoles.Find(text) ?? throw new ArgumentOutOfRangeException(nameof(text), text, "No such role; this build is older than the database.");
}
