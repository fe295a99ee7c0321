namespace Ingest.Faults.Tests;

/// <summary>Settings of the service that these tests share.</summary>
internal static class Settings
{
    /// <summary>One key posts for all devices, as fast as it can. Look-backs are as rare as they can be: the load does not obey watermarks.</summary>
    public static (string Name, string Value)[] Unlimited { get; } =
        [("Limits:RequestsPerMinute", "0"), ("Limits:DevicesPerWorkspace", "0"), ("Ledger:LookBacksPerMinute", "1")];
}
