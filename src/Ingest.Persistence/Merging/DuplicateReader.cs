using Ingest.Domain;
using Ingest.Domain.Identity;
using Ingest.Domain.Merging;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Tenancy;
using Npgsql;
using static Ingest.Persistence.Parameters;

namespace Ingest.Persistence.Merging;

/// <summary>Finds devices of one person that may be one, over all that is stored of them.</summary>
public sealed class DuplicateReader
{
    private const string Workspaces = "SELECT workspace_id FROM workspaces ORDER BY workspace_id";

    /// <summary>
    /// Sets of devices that hold the same, by first contact, with how often they do: devices are few and days many, so that what comes back is short
    /// however long they have been at it. Whoever has one device has none too many.
    /// </summary>
    private const string HoldersOfEqualDays = """
        SELECT holders, count(*) FROM (
            SELECT array_agg(d.device_id::text ORDER BY d.first_contact_at, d.device_id) AS holders
            FROM device_days AS t JOIN devices AS d ON d.workspace_id = t.workspace_id AND d.device_id = t.device_id
            WHERE t.workspace_id = $1 AND t.rollup_rows > 0 AND t.expired_at IS NULL AND d.owner_user_id IN (
                SELECT owner_user_id FROM devices WHERE workspace_id = $1 GROUP BY owner_user_id HAVING count(*) > 1)
            GROUP BY d.owner_user_id, t.bucket_day, t.digest_version, t.digest HAVING count(*) > 1) AS same
        GROUP BY holders
        """;

    private const string HoldersOfSharedSessions = """
        SELECT holders, count(*) FROM (
            SELECT array_agg(d.device_id::text ORDER BY d.first_contact_at, d.device_id) AS holders
            FROM session_summaries AS t JOIN devices AS d ON d.workspace_id = t.workspace_id AND d.device_id = t.device_id
            WHERE t.workspace_id = $1 AND d.owner_user_id IN (
                SELECT owner_user_id FROM devices WHERE workspace_id = $1 GROUP BY owner_user_id HAVING count(*) > 1)
            GROUP BY d.owner_user_id, t.session_id HAVING count(*) > 1) AS same
        GROUP BY holders
        """;

    private const string Members = "WITH m AS (SELECT * FROM unnest($2::int[], $3::boolean[], $4::text[]) AS m (pair, is_other, device_id)), ";

    /// <summary>Of each pair, with all ids its devices had before: days that both hold, and those of them that are equal.</summary>
    private const string SharedDays = Members + """
        held AS (
            SELECT m.pair, m.is_other, t.bucket_day, t.digest_version, t.digest FROM m
            JOIN device_days AS t ON t.workspace_id = $1 AND t.device_id = m.device_id AND t.rollup_rows > 0 AND t.expired_at IS NULL)
        SELECT a.pair, count(DISTINCT a.bucket_day), count(DISTINCT a.bucket_day) FILTER (WHERE a.digest = b.digest AND a.digest_version = b.digest_version)
        FROM held AS a JOIN held AS b ON b.pair = a.pair AND b.is_other AND NOT a.is_other AND b.bucket_day = a.bucket_day
        GROUP BY a.pair
        """;

    private const string SharedSessions = Members + """
        held AS (
            SELECT m.pair, m.is_other, t.session_id FROM m
            JOIN session_summaries AS t ON t.workspace_id = $1 AND t.device_id = m.device_id)
        SELECT a.pair, count(DISTINCT a.session_id)
        FROM held AS a JOIN held AS b ON b.pair = a.pair AND b.is_other AND NOT a.is_other AND b.session_id = a.session_id
        GROUP BY a.pair
        """;

    private const string Devices = """
        SELECT d.device_id, d.label, d.name, d.owner_user_id, u.name, d.first_contact_at, coalesce(c.last_attempt_at, d.first_contact_at)
        FROM devices AS d
        JOIN users AS u ON u.workspace_id = d.workspace_id AND u.user_id = d.owner_user_id
        LEFT JOIN device_contacts AS c ON c.workspace_id = d.workspace_id AND c.device_id = d.device_id
        WHERE d.workspace_id = $1 AND d.device_id = ANY ($2)
        """;

    private readonly IdentityTransactions _transactions;

    internal DuplicateReader(IdentityTransactions transactions) => _transactions = transactions;

    /// <param name="workspaceId">Whose devices.</param>
    /// <param name="most">Pairs to name at most.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="StoreUnavailableException">The database could not be asked.</exception>
    public Task<DuplicateReport> ReadAsync(string workspaceId, int most, CancellationToken cancellation) => _transactions.RunAsync(
        WorkspaceScope.Of(workspaceId), transaction => ReadAsync(transaction, workspaceId, most, cancellation), cancellation);

    /// <summary>As an operator asks, who stands above workspaces.</summary>
    /// <param name="workspaceId">One workspace, or null for all.</param>
    /// <param name="most">Pairs of one workspace to name at most.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>Those workspaces that have any.</returns>
    /// <exception cref="IdentityException">There is no such workspace.</exception>
    /// <exception cref="StoreUnavailableException">The database could not be asked.</exception>
    public async Task<IReadOnlyList<DuplicateReport>> ReadAsOperatorAsync(string? workspaceId, int most, CancellationToken cancellation)
    {
        var all = await _transactions.RunAsync(
            WorkspaceScope.All,
            async transaction =>
            {
                await using var command = transaction.Command(Workspaces);
                await using var row = await command.ExecuteReaderAsync(cancellation);
                var found = new List<string>();
                while (await row.ReadAsync(cancellation)) found.Add(row.GetString(0));
                return found;
            },
            cancellation);
        if (workspaceId is not null && !all.Contains(workspaceId, StringComparer.Ordinal))
            throw new IdentityException(IdentityRefusal.WorkspaceNotFound, $"There is no workspace \"{workspaceId}\".");

        var reports = new List<DuplicateReport>();
        foreach (var workspace in all.Where(one => workspaceId is null || one == workspaceId))
        {
            var report = await ReadAsync(workspace, most, cancellation);
            if (report.Count > 0) reports.Add(report);
        }

        return reports;
    }

    private static async Task<DuplicateReport> ReadAsync(IdentityTransaction transaction, string workspaceId, int most, CancellationToken cancellation)
    {
        await using var decided = transaction.Command(MergeTable.Decided, Text(workspaceId));
        var merges = await MergeTable.ReadAsync(decided, cancellation);
        var alike = new Dictionary<DevicePair, long>();
        foreach (var sql in new[] { HoldersOfEqualDays, HoldersOfSharedSessions })
        {
            await using var command = transaction.Command(sql, Text(workspaceId));
            await using var row = await command.ExecuteReaderAsync(cancellation);
            while (await row.ReadAsync(cancellation))
            {
                foreach (var pair in DuplicateRule.PairsAmong(row.GetFieldValue<string[]>(0), merges))
                    alike[pair.Sorted()] = alike.GetValueOrDefault(pair.Sorted()) + row.GetInt64(1);
            }
        }

        DevicePair[] named =
        [
            .. alike.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key.DeviceId, StringComparer.Ordinal).ThenBy(pair => pair.Key.OtherDeviceId, StringComparer.Ordinal)
                .Take(most).Select(pair => pair.Key),
        ];
        return new DuplicateReport(workspaceId, named.Length == 0 ? [] : await DescribeAsync(transaction, workspaceId, named, merges, cancellation), alike.Count);
    }

    private static async Task<IReadOnlyList<DuplicateCandidate>> DescribeAsync(
        IdentityTransaction transaction, string workspaceId, DevicePair[] pairs, MergeMap merges, CancellationToken cancellation)
    {
        var devices = await DevicesAsync(transaction, workspaceId, pairs, cancellation);
        var members = pairs.SelectMany((pair, at) => merges.GroupOf(pair.DeviceId).Select(id => (At: at, IsOther: false, Id: id))
            .Concat(merges.GroupOf(pair.OtherDeviceId).Select(id => (At: at, IsOther: true, Id: id)))).ToArray();
        var (both, equal, sessions) = (new int[pairs.Length], new int[pairs.Length], new int[pairs.Length]);
        foreach (var (sql, counts) in new[] { (SharedDays, new[] { both, equal }), (SharedSessions, [sessions]) })
        {
            await using var command = transaction.Command(
                sql,
                Text(workspaceId),
                new NpgsqlParameter<int[]> { TypedValue = [.. members.Select(member => member.At)] },
                new NpgsqlParameter<bool[]> { TypedValue = [.. members.Select(member => member.IsOther)] },
                new NpgsqlParameter<string[]> { TypedValue = [.. members.Select(member => member.Id)] });
            await using var row = await command.ExecuteReaderAsync(cancellation);
            while (await row.ReadAsync(cancellation))
            {
                for (var column = 0; column < counts.Length; column++) counts[column][row.GetInt32(0)] = (int)row.GetInt64(column + 1);
            }
        }

        return
        [
            .. pairs.Select((pair, at) => (Pair: pair, At: at)).Where(one => devices.ContainsKey(one.Pair.DeviceId) && devices.ContainsKey(one.Pair.OtherDeviceId))
                .Select(one => DuplicateCandidate.Of(
                    devices[one.Pair.DeviceId], devices[one.Pair.OtherDeviceId], equal[one.At], both[one.At] - equal[one.At], sessions[one.At])),
        ];
    }

    private static async Task<Dictionary<string, DuplicateDevice>> DevicesAsync(
        IdentityTransaction transaction, string workspaceId, DevicePair[] pairs, CancellationToken cancellation)
    {
        string[] ids = [.. pairs.SelectMany(pair => new[] { pair.DeviceId, pair.OtherDeviceId }).Distinct(StringComparer.Ordinal)];
        await using var command = transaction.Command(Devices, Text(workspaceId), new NpgsqlParameter<string[]> { TypedValue = ids });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var devices = new Dictionary<string, DuplicateDevice>(StringComparer.Ordinal);
        while (await row.ReadAsync(cancellation))
        {
            devices[row.GetString(0)] = new DuplicateDevice(
                row.GetString(0), row.TextAt(1), row.TextAt(2), row.GetGuid(3), row.GetString(4), row.InstantAt(5)!.Value, row.InstantAt(6)!.Value);
        }

        return devices;
    }
}
