using System.Diagnostics;
using Ingest.Domain.Ledger;
using Ingest.Domain.Merging;
using Ingest.Domain.Usage;

namespace Ingest.Domain.Tests.Usage;

public sealed class PossibleDuplicatesTests
{
    private static readonly DateOnly Day = new(2026, 5, 11);
    private static readonly DateTimeOffset At = new(2026, 5, 12, 0, 0, 0, TimeSpan.Zero);
    private static readonly Guid Ada = Guid.NewGuid();
    private static readonly Guid Bob = Guid.NewGuid();

    [Fact]
    public void Equal_days_of_devices_of_one_person_are_told_the_one_met_first_first()
    {
        UsageDevice[] devices = [Device("a", Ada, 9), Device("b", Ada, 1), Device("c", Bob, 0)];
        var entries = devices.SelectMany(device => Enumerable.Range(0, 3).Select(day => Entry(device, day, content: (byte)day))).Append(Entry(devices[0], 3, content: 11)).Append(Entry(devices[1], 3, content: 12));
        Told(devices, entries, MergeMap.Empty).ShouldBe(["b a 3"]);
        Told(devices, entries, new MergeMap([], [new DevicePair("a", "b")])).ShouldBeEmpty();
        Told(devices, entries, new MergeMap([new DeviceMerge("b", "a", MergeKind.Continue)], [])).ShouldBeEmpty();
    }

    [Fact]
    public void Empty_days_expired_ones_and_digests_of_other_versions_say_nothing()
    {
        UsageDevice[] devices = [Device("a", Ada, 0), Device("b", Ada, 1)];
        Told(devices, devices.Select(device => Entry(device, 0, 1, rows: 0)), MergeMap.Empty).ShouldBeEmpty();
        Told(devices, devices.Select(device => Entry(device, 0, 1) with { IsExpired = true }), MergeMap.Empty).ShouldBeEmpty();
        Told(devices, devices.Select((device, at) => Entry(device, 0, 1) with { DigestVersion = (short)(1 + at) }), MergeMap.Empty).ShouldBeEmpty();
    }

    [Fact]
    public void Two_thousand_devices_of_one_person_that_are_all_equal_are_found_in_no_time()
    {
        UsageDevice[] devices = [.. Enumerable.Range(0, 2_000).Select(id => Device($"dev-{id:0000}", Ada, id))];
        BlockDevice[] entries = [.. devices.SelectMany(device => Enumerable.Range(0, 25).Select(day => Entry(device, day, content: (byte)day)))];
        var watch = Stopwatch.StartNew();
        var told = Found(devices, entries, MergeMap.Empty);
        told.Count.ShouldBe(1_999);
        told.ShouldAllBe(pair => pair.EqualDays == 25);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5), "two million pairs, day by day, would take far longer");
    }

    private static IEnumerable<string> Told(UsageDevice[] devices, IEnumerable<BlockDevice> entries, MergeMap map) =>
        Found(devices, entries, map).Select(pair => $"{pair.Device.DeviceId} {pair.Other.DeviceId} {pair.EqualDays}");

    private static IReadOnlyList<PossibleDuplicate> Found(UsageDevice[] devices, IEnumerable<BlockDevice> entries, MergeMap map)
    {
        var duplicates = new PossibleDuplicates(devices.ToDictionary(device => device.DeviceId), map);
        foreach (var day in entries.GroupBy(entry => entry.FirstRow)) duplicates.Add(day);
        return duplicates.Found;
    }

    private static UsageDevice Device(string id, Guid owner, int metAfterMinutes) =>
        new(id, null, Day, Day, null, null) { OwnerUserId = owner, FirstContactAt = At.AddMinutes(metAfterMinutes) };

    /// <param name="device">Of which device.</param>
    /// <param name="day">Which day; it stands where rows begin, which nothing here asks about.</param>
    /// <param name="content">Equal ones are equal usage.</param>
    /// <param name="rows">How many there are.</param>
    private static BlockDevice Entry(UsageDevice device, int day, byte content, int rows = 1)
    {
        var digest = new byte[DayDigest.Bytes];
        digest[0] = content;
        return new BlockDevice(device.DeviceId, day, rows, At, IsExpired: false, DayDigest.Version, new DayDigest(digest));
    }
}
