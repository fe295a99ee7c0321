using Ingest.Domain.Identity;
using Ingest.Persistence.Envelopes;
using Npgsql;

namespace Ingest.Persistence.Identity;

/// <summary>The one rule of what a key is worth, as rows: whoever comes with it, or signed in to the pages with it.</summary>
internal static class CallerTable
{
    /// <summary>
    /// Keys that open something. One that was made for somebody before they were an owner may be known to whoever made it, who was none: it acts as
    /// a manager's. A condition on <c>k</c> follows.
    /// </summary>
    public const string OfKeys = """
        SELECT k.workspace_id, k.key_id, k.user_id, CASE WHEN u.role = 'owner' AND NOT k.as_owner THEN 'manager' ELSE u.role END AS role, k.prefix, k.complete_by,
               k.scopes, u.name AS user_name, k.device_id, k.expires_at, k.name AS key_name, k.of_deleted_device, k.key_hash
        FROM api_keys AS k
        JOIN users AS u ON u.workspace_id = k.workspace_id AND u.user_id = k.user_id
        WHERE (k.revoked_at IS NULL OR k.of_deleted_device) AND u.removed_at IS NULL
        """;

    /// <summary>What <see cref="Read"/> reads, of <see cref="OfKeys"/> or of what looks like it.</summary>
    public const string Columns =
        "found.workspace_id, found.key_id, found.user_id, found.role, found.prefix, found.complete_by, found.scopes, found.user_name, found.device_id, "
        + "found.expires_at, found.key_name, found.of_deleted_device";

    /// <param name="row">With <see cref="Columns"/>.</param>
    /// <param name="first">Where they begin.</param>
    public static Caller Read(NpgsqlDataReader row, int first) => new(
        row.GetString(first), row.GetGuid(first + 1), row.GetGuid(first + 2), UserRoleColumn.Read(row.GetString(first + 3)), row.GetString(first + 4),
        CompletenessColumn.Read(row.GetString(first + 5)), KeyScopesColumn.Read(row.GetFieldValue<string[]>(first + 6)))
    {
        UserName = row.GetString(first + 7),
        BoundDeviceId = row.TextAt(first + 8),
        ExpiresAt = row.InstantAt(first + 9),
        KeyName = row.TextAt(first + 10),
        IsOfDeletedDevice = row.GetBoolean(first + 11),
    };
}
