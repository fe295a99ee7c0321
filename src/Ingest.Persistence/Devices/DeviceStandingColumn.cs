using Ingest.Domain.Identity;

namespace Ingest.Persistence.Devices;

/// <summary>How it stands in the <c>standing</c> column of <c>devices</c>.</summary>
internal static class DeviceStandingColumn
{
    public static string Write(DeviceStanding standing) => standing switch
    {
        DeviceStanding.Active => "active",
        DeviceStanding.Paused => "paused",
        DeviceStanding.Revoked => "revoked",
        _ => throw new ArgumentOutOfRangeException(nameof(standing), standing, "No such standing."),
    };

    public static DeviceStanding Read(string text) => text switch
    {
        "active" => DeviceStanding.Active,
        "paused" => DeviceStanding.Paused,
        "revoked" => DeviceStanding.Revoked,
        _ => throw new ArgumentOutOfRangeException(nameof(text), text, "No such standing; this build is older than the database."),
    };
}
