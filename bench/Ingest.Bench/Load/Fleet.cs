using System.Globalization;

namespace Ingest.Bench.Load;

/// <summary>The devices that all scenarios share: one workspace and one key for a hundred of them.</summary>
internal sealed class Fleet
{
    public const int DevicesPerWorkspace = 100;
    public const string WorkspacePrefix = "ws_benchmarkflt";
    public const string DeviceIdEnd = "-4e2a-4d37-b2a7-4de452e6b438";
    /// <summary>Of devices that come new to the server while it is measured, by which they are found and removed again.</summary>
    public const string NewDeviceIdEnd = "-4e2a-4d37-b2a7-bacf11bacf11";

    public const string SessionIdEnd = "-7c1e-4f0a-9a54-3b0f6f0f8f11";

    public Fleet(int devices, DateOnly today)
    {
        Today = today;
        Devices = [.. Enumerable.Range(0, devices).Select(number => new FleetDevice(number, number / DevicesPerWorkspace, DeviceIdEnd))];
    }

    public IReadOnlyList<FleetDevice> Devices { get; }

    public int Workspaces => (Devices.Count + DevicesPerWorkspace - 1) / DevicesPerWorkspace;

    /// <summary>Of the whole run, also where it goes on past midnight.</summary>
    public DateOnly Today { get; }

    public static string WorkspaceIdOf(int workspace) => WorkspacePrefix + workspace.ToString("D4", CultureInfo.InvariantCulture);

    public static string KeyOf(int workspace) => "budi_" + WorkspaceIdOf(workspace).PadRight(43, 'x');
}
