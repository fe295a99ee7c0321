using Ingest.Domain.Identity;
using Ingest.Persistence.Health;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Ingest.Persistence.Identity;

/// <summary>Whose devices somebody sees: members their own, managers all of the workspace. Every reader starts here.</summary>
internal static class VisibleDevices
{
    public static IQueryable<DeviceRow> DevicesVisibleTo(this IngestDbContext context, Caller caller)
    {
        var devices = context.Set<DeviceRow>().Where(row => row.WorkspaceId == caller.WorkspaceId);
        return caller.SeesAllDevices ? devices : devices.Where(row => row.OwnerUserId == caller.UserId);
    }

    /// <summary>Of a statement that takes <c>($n::uuid IS NULL OR owner_user_id = $n)</c>.</summary>
    public static NpgsqlParameter<Guid?> OwnerOf(Caller caller) =>
        new() { TypedValue = caller.SeesAllDevices ? null : caller.UserId, DataTypeName = "uuid" };

    public static Task<DeviceRow?> FindVisibleAsync(this IngestDbContext context, Caller caller, string deviceId, CancellationToken cancellation) =>
        context.DevicesVisibleTo(caller).SingleOrDefaultAsync(row => row.DeviceId == deviceId, cancellation);
}
