using Ingest.Domain.Devices;
using Ingest.Domain.Identity;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Tenancy;
using Npgsql;

namespace Ingest.Persistence.Devices;

internal sealed class DeviceReader(NpgsqlDataSource database) : IDeviceReader
{
    internal const string Select = "SELECT " + Columns;

    internal const string Columns = """
        d.device_id, d.name, d.label, d.owner_user_id, u.name, d.standing, d.standing_reason, d.standing_since, d.first_contact_at, d.settings_revision
        FROM devices AS d JOIN users AS u ON u.workspace_id = d.workspace_id AND u.user_id = d.owner_user_id
        """;

    private const string List = Select + """

        WHERE d.workspace_id = $1 AND ($2::uuid IS NULL OR d.owner_user_id = $2) AND ($3::uuid IS NULL OR d.owner_user_id = $3)
          AND ($4::text IS NULL OR d.standing = $4) AND ($5::text IS NULL OR d.device_id > $5)
        ORDER BY d.device_id LIMIT $6
        """;

    private const string One = Select + "\nWHERE d.workspace_id = $1 AND ($2::uuid IS NULL OR d.owner_user_id = $2) AND d.device_id = $3";

    public Task<IReadOnlyList<DeviceRecord>> ListAsync(Caller caller, DeviceFilter filter, string? after, int most, CancellationToken cancellation) =>
        DatabaseFailure.AskedAsync<IReadOnlyList<DeviceRecord>>(async () =>
        {
            await using var batch = new ScopedBatch(database, WorkspaceScope.Of(caller.WorkspaceId));
            var parameters = batch.Add(List);
            parameters.Add(new NpgsqlParameter<string> { TypedValue = caller.WorkspaceId });
            parameters.Add(VisibleDevices.OwnerOf(caller));
            parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = filter.OwnerUserId, DataTypeName = "uuid" });
            parameters.Add(new NpgsqlParameter<string?> { TypedValue = filter.Standing is { } standing ? DeviceStandingColumn.Write(standing) : null, DataTypeName = "text" });
            parameters.Add(new NpgsqlParameter<string?> { TypedValue = after, DataTypeName = "text" });
            parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
            await using var row = await batch.ReadAsync(cancellation);
            var devices = new List<DeviceRecord>();
            while (await row.ReadAsync(cancellation)) devices.Add(Read(row));
            return devices;
        });

    public Task<DeviceRecord?> FindAsync(Caller caller, string deviceId, CancellationToken cancellation) => DatabaseFailure.AskedAsync(async () =>
    {
        await using var batch = new ScopedBatch(database, WorkspaceScope.Of(caller.WorkspaceId));
        var parameters = batch.Add(One);
        parameters.Add(new NpgsqlParameter<string> { TypedValue = caller.WorkspaceId });
        parameters.Add(VisibleDevices.OwnerOf(caller));
        parameters.Add(new NpgsqlParameter<string> { TypedValue = deviceId });
        await using var row = await batch.ReadAsync(cancellation);
        return await row.ReadAsync(cancellation) ? Read(row) : null;
    });

    /// <param name="first">The column of the id.</param>
    internal static DeviceRecord Read(NpgsqlDataReader row, int first = 0) => new(
        row.GetString(first),
        row.TextAt(first + 1),
        row.TextAt(first + 2),
        row.GetGuid(first + 3),
        row.GetString(first + 4),
        DeviceStandingColumn.Read(row.GetString(first + 5)),
        row.TextAt(first + 6),
        row.InstantAt(first + 7),
        row.InstantAt(first + 8)!.Value,
        row.GetInt32(first + 9));
}
