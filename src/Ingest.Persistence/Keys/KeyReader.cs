using Ingest.Domain.Identity;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Identity;
using Npgsql;

namespace Ingest.Persistence.Keys;

/// <summary>Reads keys, with whose they are and who came with them last.</summary>
internal static class KeyReader
{
    /// <summary>Of the devices that came with one key.</summary>
    private const int MostDevices = 100;

    /// <summary>The first parameter is the time; a condition and an order follow, with further ones.</summary>
    private static readonly string Select = $"""
        SELECT k.workspace_id, k.key_id, k.name, k.prefix, k.user_id, u.name, u.kind = 'service', u.role, k.scopes, k.device_id, k.created_at, k.expires_at,
               k.revoked_at, k.last_used_at, k.last_polled_at, k.complete_by, k.rotated_to, k.rotated_at, k.revision, {State},
               (SELECT count(*) FROM device_contacts AS c WHERE c.workspace_id = k.workspace_id AND c.key_id = k.key_id), newest.ids, newest.contacts
        FROM api_keys AS k
        JOIN users AS u ON u.workspace_id = k.workspace_id AND u.user_id = k.user_id
        CROSS JOIN LATERAL (
            SELECT array_agg(c.device_id ORDER BY c.last_attempt_at DESC, c.device_id) AS ids, array_agg(c.last_attempt_at ORDER BY c.last_attempt_at DESC, c.device_id) AS contacts
            FROM (
                SELECT c.device_id, c.last_attempt_at FROM device_contacts AS c WHERE c.workspace_id = k.workspace_id AND c.key_id = k.key_id
                ORDER BY c.last_attempt_at DESC, c.device_id LIMIT {MostDevices}) AS c) AS newest
        """;

    public const string State = "CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked' WHEN k.expires_at <= $1 THEN 'expired' WHEN k.rotated_to IS NOT NULL THEN 'rotating' ELSE 'active' END";

    /// <param name="transaction">In which it is read.</param>
    /// <param name="rest">Condition and order; its parameters count from two on.</param>
    /// <param name="values">Those parameters.</param>
    /// <param name="cancellation">Ends the call.</param>
    public static async Task<List<ListedKey>> ReadAsync(IdentityTransaction transaction, string rest, NpgsqlParameter[] values, CancellationToken cancellation)
    {
        await using var command = transaction.Command($"{Select} {rest}", [new NpgsqlParameter<DateTime> { TypedValue = transaction.Now.UtcDateTime }, .. values]);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var keys = new List<ListedKey>();
        while (await reader.ReadAsync(cancellation)) keys.Add(Read(reader));
        return keys;
    }

    /// <exception cref="IdentityException">The workspace has no such key.</exception>
    public static async Task<ListedKey> GetAsync(IdentityTransaction transaction, string workspaceId, Guid keyId, CancellationToken cancellation)
    {
        var found = await ReadAsync(
            transaction, "WHERE k.workspace_id = $2 AND k.key_id = $3", [new NpgsqlParameter<string> { TypedValue = workspaceId }, new NpgsqlParameter<Guid> { TypedValue = keyId }], cancellation);
        return found is [var key] ? key : throw new IdentityException(IdentityRefusal.KeyNotFound, "The workspace has no such key.");
    }

    private static ListedKey Read(NpgsqlDataReader row) => new()
    {
        WorkspaceId = row.GetString(0),
        KeyId = row.GetGuid(1),
        Name = row.TextAt(2),
        Prefix = row.GetString(3),
        UserId = row.GetGuid(4),
        UserName = row.GetString(5),
        IsService = row.GetBoolean(6),
        Role = UserRoleColumn.Read(row.GetString(7)),
        Scopes = KeyScopesColumn.Read(row.GetFieldValue<string[]>(8)),
        DeviceId = row.TextAt(9),
        CreatedAt = row.InstantAt(10)!.Value,
        ExpiresAt = row.InstantAt(11),
        RevokedAt = row.InstantAt(12),
        LastUsedAt = row.InstantAt(13),
        LastPolledAt = row.InstantAt(14),
        CompleteBy = CompletenessColumn.Read(row.GetString(15)),
        RotatedTo = row.IsDBNull(16) ? null : row.GetGuid(16),
        RotatedAt = row.InstantAt(17),
        Revision = row.GetInt32(18),
        State = KeyStateNames.Read(row.GetString(19)),
        DeviceCount = row.GetInt64(20),
        Devices = row.IsDBNull(21) ? [] : [.. row.GetFieldValue<string[]>(21).Zip(row.GetFieldValue<DateTimeOffset[]>(22), (id, at) => new KeyDevice(id, at))],
    };
}
