using Ingest.Domain.Identity;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Identity;
using Npgsql;

namespace Ingest.Persistence.Members;

/// <summary>Reads people, with how many keys and devices they have.</summary>
internal static class MemberReader
{
    /// <summary>The first parameter is the time; further conditions and an order follow.</summary>
    private const string Select = """
        SELECT u.workspace_id, u.user_id, u.name, u.role, u.created_at, u.revision,
               (SELECT count(*) FROM api_keys AS k
                WHERE k.workspace_id = u.workspace_id AND k.user_id = u.user_id AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $1)),
               (SELECT count(*) FROM devices AS d WHERE d.workspace_id = u.workspace_id AND d.owner_user_id = u.user_id)
        FROM users AS u
        WHERE u.kind = 'person' AND u.removed_at IS NULL
        """;

    /// <param name="transaction">In which it is read.</param>
    /// <param name="rest">Further conditions and the order; their parameters count from two on.</param>
    /// <param name="values">Those parameters.</param>
    /// <param name="cancellation">Ends the call.</param>
    public static async Task<List<ListedMember>> ReadAsync(IdentityTransaction transaction, string rest, NpgsqlParameter[] values, CancellationToken cancellation)
    {
        await using var command = transaction.Command($"{Select} {rest}", [new NpgsqlParameter<DateTime> { TypedValue = transaction.Now.UtcDateTime }, .. values]);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var members = new List<ListedMember>();
        while (await reader.ReadAsync(cancellation))
        {
            members.Add(new ListedMember(
                reader.GetString(0), reader.GetGuid(1), reader.GetString(2), UserRoleColumn.Read(reader.GetString(3)), reader.InstantAt(4)!.Value, reader.GetInt32(5),
                reader.GetInt64(6), reader.GetInt64(7)));
        }

        return members;
    }

    /// <exception cref="IdentityException">There is nobody of that id.</exception>
    public static async Task<ListedMember> GetAsync(IdentityTransaction transaction, string workspaceId, Guid userId, CancellationToken cancellation)
    {
        var found = await ReadAsync(
            transaction, "AND u.workspace_id = $2 AND u.user_id = $3", [new NpgsqlParameter<string> { TypedValue = workspaceId }, new NpgsqlParameter<Guid> { TypedValue = userId }], cancellation);
        return found is [var member] ? member : throw MemberTable.NotFound();
    }
}
