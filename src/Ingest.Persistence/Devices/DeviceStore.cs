using System.Text.Json.Nodes;
using Ingest.Domain;
using Ingest.Domain.Audit;
using Ingest.Domain.Devices;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Members;
using Ingest.Persistence.Tenancy;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using static Ingest.Persistence.Parameters;

namespace Ingest.Persistence.Devices;

/// <summary>What people of a workspace do with its devices. Each method is one transaction under the lock of the device.</summary>
/// <remarks>Throws <see cref="IdentityException"/> where it cannot be done, and <see cref="StoreUnavailableException"/> where the database could not be asked.</remarks>
public sealed class DeviceStore
{
    /// <summary>Characters of a name, and of a reason.</summary>
    public const int MostText = 200;

    private const string Locked = DeviceReader.Select + "\nWHERE d.workspace_id = $1 AND d.device_id = $2 FOR UPDATE OF d";

    private const string List = $"SELECT d.workspace_id, {DeviceReader.Columns}\nWHERE $1::text IS NULL OR d.workspace_id = $1 ORDER BY d.workspace_id, d.device_id";

    private const string Reference = "SELECT reference FROM devices WHERE workspace_id = $1 AND device_id = $2";

    private const string SetNameAndOwner = """
        UPDATE devices SET name = $3, owner_user_id = $4, settings_revision = settings_revision + 1 WHERE workspace_id = $1 AND device_id = $2
        """;

    private const string SetStanding = """
        UPDATE devices SET standing = $3, standing_reason = $4, standing_since = $5, settings_revision = settings_revision + 1
        WHERE workspace_id = $1 AND device_id = $2
        """;

    private const string IntoIt = "SELECT device_id FROM device_merges WHERE workspace_id = $1 AND into_device_id = $2 ORDER BY device_id LIMIT 1";

    private const string Person = "SELECT name FROM users WHERE workspace_id = $1 AND user_id = $2 AND kind = 'person' AND removed_at IS NULL FOR SHARE";

    private readonly IdentityTransactions _transactions;

    internal DeviceStore(IdentityTransactions transactions) => _transactions = transactions;

    /// <summary>All devices, or those of one workspace.</summary>
    public Task<IReadOnlyList<HomedDevice>> ListAsOperatorAsync(string? workspaceId, CancellationToken cancellation) =>
        _transactions.RunAsync<IReadOnlyList<HomedDevice>>(
            WorkspaceScope.All,
            async transaction =>
            {
                await using var list = transaction.Command(List, MaybeText(workspaceId));
                await using var row = await list.ExecuteReaderAsync(cancellation);
                var devices = new List<HomedDevice>();
                while (await row.ReadAsync(cancellation)) devices.Add(new HomedDevice(row.GetString(0), DeviceReader.Read(row, 1)));
                return devices;
            },
            cancellation);

    /// <param name="workspaceId">The workspace.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="change">What is changed.</param>
    /// <param name="expected">The revision it was made on; null is any.</param>
    /// <param name="actor">Who does it.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<DeviceRecord> ChangeAsync(
        string workspaceId, string deviceId, DeviceChange change, int? expected, Actor actor, CancellationToken cancellation) =>
        WithLockedAsync(
            workspaceId,
            deviceId,
            expected,
            async (transaction, before) =>
            {
                var name = change.ChangesName ? change.Name : before.Name;
                var owner = change.OwnerUserId ?? before.OwnerUserId;
                if (name == before.Name && owner == before.OwnerUserId) return before;

                if (owner != before.OwnerUserId)
                {
                    var former = await transaction.Context.Users.SingleAsync(user => user.WorkspaceId == workspaceId && user.UserId == before.OwnerUserId, cancellation);
                    MemberTable.RequireMayAppoint(actor, former.Role);
                }

                var ownerName = owner == before.OwnerUserId ? before.OwnerName : await NameOfAsync(transaction, workspaceId, owner, cancellation);
                await using var set = Of(
                    transaction, SetNameAndOwner, workspaceId, deviceId, MaybeText(name), Id(owner));
                await set.ExecuteNonQueryAsync(cancellation);
                await RecordAsync(
                    transaction, workspaceId, deviceId, actor, "device.changed", Described(before.Name, before.OwnerName), Described(name, ownerName), cancellation);
                return before with { Name = name, OwnerUserId = owner, OwnerName = ownerName, Revision = before.Revision + 1 };
            },
            cancellation);

    /// <summary>Lets its envelopes wait, wants no more of them, or takes either back. What it is already, it stays, with the newer reason.</summary>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="standing">What it is from now on.</param>
    /// <param name="reason">Why, as the device is told.</param>
    /// <param name="expected">The revision it was decided on; null is any.</param>
    /// <param name="actor">Who does it.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<DeviceRecord> SetStandingAsync(
        string workspaceId, string deviceId, DeviceStanding standing, string? reason, int? expected, Actor actor, CancellationToken cancellation) =>
        WithLockedAsync(
            workspaceId,
            deviceId,
            expected,
            async (transaction, before) =>
            {
                reason = standing == DeviceStanding.Active ? null : reason;
                if (standing == before.Standing && reason == before.StandingReason) return before;

                DateTimeOffset? since = standing == DeviceStanding.Active ? null : standing == before.Standing ? before.StandingSince : transaction.Now;
                await using var set = Of(
                    transaction,
                    SetStanding,
                    workspaceId,
                    deviceId,
                    Text(DeviceStandingColumn.Write(standing)),
                    MaybeText(reason),
                    new NpgsqlParameter<DateTime?> { TypedValue = since?.UtcDateTime, DataTypeName = "timestamptz" });
                await set.ExecuteNonQueryAsync(cancellation);
                await RecordAsync(
                    transaction,
                    workspaceId,
                    deviceId,
                    actor,
                    standing switch { DeviceStanding.Paused => "device.paused", DeviceStanding.Revoked => "device.revoked", _ => "device.resumed" },
                    Described(before.Standing, before.StandingReason),
                    Described(standing, reason),
                    cancellation);
                return before with { Standing = standing, StandingReason = reason, StandingSince = since, Revision = before.Revision + 1 };
            },
            cancellation);

    /// <summary>What would go if the device were deleted.</summary>
    public Task<DeviceContents> CountAsync(string workspaceId, string deviceId, CancellationToken cancellation) =>
        _transactions.RunAsync(
            WorkspaceScope.Of(workspaceId),
            async transaction =>
            {
                await ReferenceOfAsync(transaction, workspaceId, deviceId, cancellation);
                return await DeviceDeletion.CountAsync(transaction, workspaceId, deviceId, cancellation);
            },
            cancellation);

    /// <summary>Deletes the device and everything of it. It stays away until it is enrolled anew.</summary>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="isExpected">Whether what is there now is what was meant to go.</param>
    /// <param name="actor">Who does it.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<DeletionReceipt> DeleteAsync(
        string workspaceId, string deviceId, Func<DeviceContents, bool> isExpected, Actor actor, CancellationToken cancellation) =>
        _transactions.RunAsync(
            WorkspaceScope.Of(workspaceId),
            async transaction =>
            {
                await DeviceDeletion.BeginAsync(transaction, workspaceId, deviceId, cancellation);
                await LockAsync(transaction, workspaceId, deviceId, cancellation);
                var reference = await ReferenceOfAsync(transaction, workspaceId, deviceId, cancellation);
                var contents = await DeviceDeletion.CountAsync(transaction, workspaceId, deviceId, cancellation);
                if (await IntoItAsync(transaction, workspaceId, deviceId, cancellation) is { } former)
                    throw new IdentityException(IdentityRefusal.Conflict, $"Device {former} is merged into {deviceId}: undo that first, or delete {former} first. Its days would count again unasked.");
                if (!isExpected(contents)) throw new IdentityException(IdentityRefusal.Changed, "The device has sent something since it was counted: look at what there is now, and delete that.");

                await DeviceDeletion.RunAsync(transaction, workspaceId, deviceId, cancellation);
                var entry = new AuditEntry("device.deleted", AuditSubject.Device(reference), Before: Described(contents));
                return new DeletionReceipt(deviceId, transaction.Now, await transaction.RecordAsync(workspaceId, actor, entry, cancellation), contents);
            },
            cancellation);

    private Task<DeviceRecord> WithLockedAsync(
        string workspaceId, string deviceId, int? expected, Func<IdentityTransaction, DeviceRecord, Task<DeviceRecord>> change, CancellationToken cancellation) =>
        _transactions.RunAsync(
            WorkspaceScope.Of(workspaceId),
            async transaction =>
            {
                var before = await LockAsync(transaction, workspaceId, deviceId, cancellation);
                if (expected is { } revision && revision != before.Revision)
                    throw new IdentityException(IdentityRefusal.Changed, $"Device {deviceId} was changed by somebody else meanwhile.");
                return await change(transaction, before);
            },
            cancellation);

    private static async Task<DeviceRecord> LockAsync(IdentityTransaction transaction, string workspaceId, string deviceId, CancellationToken cancellation)
    {
        await using var command = Of(transaction, Locked, workspaceId, deviceId);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? DeviceReader.Read(row) : throw NoDevice(deviceId);
    }

    private static async Task<Guid> ReferenceOfAsync(IdentityTransaction transaction, string workspaceId, string deviceId, CancellationToken cancellation)
    {
        await using var command = Of(transaction, Reference, workspaceId, deviceId);
        return await command.ExecuteScalarAsync(cancellation) is Guid reference ? reference : throw NoDevice(deviceId);
    }

    private static async Task<string> NameOfAsync(IdentityTransaction transaction, string workspaceId, Guid userId, CancellationToken cancellation)
    {
        await using var command = transaction.Command(
            Person, Text(workspaceId), Id(userId));
        return await command.ExecuteScalarAsync(cancellation) as string
            ?? throw new IdentityException(IdentityRefusal.MemberNotFound, "There is no such member to own the device.");
    }

    private static async Task<string?> IntoItAsync(IdentityTransaction transaction, string workspaceId, string deviceId, CancellationToken cancellation)
    {
        await using var command = Of(transaction, IntoIt, workspaceId, deviceId);
        return await command.ExecuteScalarAsync(cancellation) as string;
    }

    private static async Task RecordAsync(
        IdentityTransaction transaction, string workspaceId, string deviceId, Actor actor, string action, JsonObject before, JsonObject after,
        CancellationToken cancellation)
    {
        var reference = await ReferenceOfAsync(transaction, workspaceId, deviceId, cancellation);
        await transaction.RecordAsync(workspaceId, actor, new AuditEntry(action, AuditSubject.Device(reference), before, after), cancellation);
    }

    private static JsonObject Described(string? name, string owner) => new() { ["name"] = name, ["owner"] = owner };

    private static JsonObject Described(DeviceStanding standing, string? reason) =>
        new() { ["standing"] = DeviceStandingColumn.Write(standing), ["reason"] = reason };

    private static JsonObject Described(DeviceContents contents) => new()
    {
        ["rows"] = new JsonObject(contents.Tables.Where(table => table.Value > 0).Select(table => KeyValuePair.Create(table.Key, (JsonNode?)JsonValue.Create(table.Value)))),
        ["message_count"] = contents.Sums.MessageCount,
        ["cost_cents_effective"] = Money.ToCents(contents.Sums.CostEffective),
    };

    private static NpgsqlCommand Of(IdentityTransaction transaction, string sql, string workspaceId, string deviceId, params ReadOnlySpan<NpgsqlParameter> more) =>
        transaction.Command(
            sql, [Text(workspaceId), Text(deviceId), .. more]);

    private static IdentityException NoDevice(string deviceId) => new(IdentityRefusal.DeviceNotFound, $"There is no device {deviceId}.");
}
