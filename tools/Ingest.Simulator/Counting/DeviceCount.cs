using Ingest.Simulator.Daemon;

namespace Ingest.Simulator.Counting;

/// <summary>What a device holds beside what its server counts, in units (messages and tokens) and in units of money.</summary>
/// <param name="DigestsApart">Days whose rows agree while the server's digest is not the one the device computes.</param>
/// <param name="DaysApart">Examples of days that do not agree, for people who look for the cause.</param>
internal sealed record DeviceCount(
    string DeviceId,
    long OnDevice,
    long OnServer,
    long Lost,
    long Doubled,
    long CostApart,
    int DigestsApart,
    bool HasStopped,
    SchemaMismatch? LastMismatch,
    IReadOnlyList<string> DaysApart,
    SyncTraffic Traffic);
