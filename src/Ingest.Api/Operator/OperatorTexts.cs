using System.Globalization;
using System.Text;
using Ingest.Api.Doctor;
using Ingest.Api.Reconciliation;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Persistence.Backups;
using Ingest.Persistence.Devices;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Rewinds;

namespace Ingest.Api.Operator;

/// <summary>What verbs say to people.</summary>
internal static class OperatorTexts
{
    public static string Of(RequestedRewinds requested) => requested.Devices == 0
        ? "There are no devices yet."
        : $"""
        {(requested.Devices == 1 ? "One device is" : $"{requested.Devices} devices are")} asked to send again, from {Day.ToText(requested.From)} on{(requested.Verify ? ", and compared row by row" : "")}.
        Each is told with the answer to one of its next envelopes; status shows how far it is.
        """;

    public static string Of(RestoreAnswer restored) => restored.Restored
        ? $"""
        {Day.ToText(restored.BucketDay)} of device {restored.DeviceId} is restored: {Of(restored.After)}, where it held {Of(restored.Before)}.
        What it held is kept as version {restored.VersionId}. The device repeating it changes nothing; whatever else it sends of the day replaces what was restored.
        """
        : $"{Day.ToText(restored.BucketDay)} of device {restored.DeviceId} holds these rows already: {Of(restored.After)}. Nothing was written.";

    public static string Of(MaintenanceState state) => state switch
    {
        { On: true, Changed: true } => "Maintenance is on: every request is answered 503, and devices keep what they have to send. End it: ingest maintenance off",
        { On: true } => $"Maintenance was on already, since {Instant(state.Since!.Value)}.",
        { Changed: true } => "Maintenance is off: devices come back by themselves within five minutes.",
        _ => "Maintenance was off already.",
    };

    public static string Of(TakenBackup backup) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {backup.File} holds the database as it was at {Instant(backup.BegunAt)}: {backup.Bytes / 1024.0 / 1024.0:0.0} MiB, {backup.Seconds} s.
        It holds everything but the keys themselves, of which it has only hashes. Keep it elsewhere, and closed to others. To bring it back: ingest restore FILE
        """);

    public static string Of(RestoreOutcome outcome)
    {
        var text = new StringBuilder("The database is restored");
        text.Append(outcome.Restored.NewestContactAt is { } newest ? $"; the last contact it knows of was at {Instant(newest)}." : "; it knows of no contact.");
        if (outcome.Migrated.Count > 0) text.Append(CultureInfo.InvariantCulture, $" Applied {string.Join(", ", outcome.Migrated)}.");
        text.Append(CultureInfo.InvariantCulture, $"\n{(outcome.Restored.Devices == 1 ? "One device is" : $"{outcome.Restored.Devices} devices are")} asked for all that they have. Who has not come yet: ingest device missing");
        if (outcome.Maintenance) text.Append("\nMaintenance is on. Keys made after the backup are not in it: ingest key list. When everyone has one that is: ingest maintenance off");
        return text.ToString();
    }

    public static string Of(DeviceList list) => list.Devices.Count == 0
        ? "There are no devices yet. One comes with its first envelope: ingest device enroll"
        : Table(
            ["DEVICE", "WORKSPACE", "NAME", "OWNER", "STANDING", "SINCE", "FIRST CONTACT"],
            list.Devices.Select(device => new[]
            {
                device.Device.DeviceId, device.WorkspaceId, device.Device.Name ?? device.Device.Label ?? "", device.Device.OwnerName, Of(device.Device.Standing),
                device.Device.StandingSince is { } since ? Instant(since) : "", Instant(device.Device.FirstContactAt),
            }));

    public static string Of(HomedDevice device)
    {
        var called = device.Device.Name is { } name ? $" (\"{name}\")" : "";
        return $"Device {device.Device.DeviceId}{called} of {device.Device.OwnerName} in {device.WorkspaceId} " + device.Device.Standing switch
        {
            DeviceStanding.Paused => "is paused: it is told to come again, and keeps what it has.",
            DeviceStanding.Revoked => "is revoked: its envelopes are refused. What it sent stays.",
            _ => "is active: its envelopes are taken.",
        };
    }

    public static string Of(DeviceRemoval removal)
    {
        var text = new StringBuilder(removal.DeletedAt is { } at
            ? $"Device {removal.DeviceId} of {removal.WorkspaceId} was deleted at {Instant(at)}, and no row names it any more. What went:\n"
            : $"Device {removal.DeviceId} of {removal.WorkspaceId} holds this, and it would all go:\n");
        foreach (var (table, rows) in removal.Contents.Rows.Where(table => table.Value > 0)) text.Append(CultureInfo.InvariantCulture, $"\n  {rows,9} {table}");
        text.Append(CultureInfo.InvariantCulture, $"\n\n  {removal.Contents.MessageCount} messages and {removal.Contents.CostCentsEffective} cents");
        if (removal.Contents is { FirstDay: { } first, LastDay: { } last }) text.Append(CultureInfo.InvariantCulture, $", from {Day.ToText(first)} to {Day.ToText(last)}");
        text.Append(removal.DeletedAt is null ? "\n\nNothing was deleted. Do it: the same with --yes" : ".\n\nIt is refused from now on. To let it back: ingest device enroll, with --device and its id.");
        return text.ToString();
    }

    public static string Of(MissingList list) => list.Devices.Count == 0
        ? "No device is missing: every one that the backup knew has sent again all it has."
        : Table(
            ["DEVICE", "WORKSPACE", "LABEL", "COMPLETE THROUGH", "LAST CONTACT", "STAGE"],
            list.Devices.Select(device => new[]
            {
                device.DeviceId, device.WorkspaceId, device.Label ?? "", device.Through is { } through ? Day.ToText(through) : "never",
                device.LastContactAt is { } contact ? Instant(contact) : "never", Of(device.Stage) + (device.SentUpTo is { } day ? ", up to " + Day.ToText(day) : ""),
            }));

    public static string Of(Diagnosis diagnosis) => string.Join('\n', diagnosis.Checks.Select(finding =>
        $"{(finding.Verdict switch { Verdict.Ok => "ok", Verdict.Warn => "WARN", _ => "FAIL" }),-5} {finding.Check,-14} {finding.Text}"
        + (finding.Remedy is { } remedy ? $"\n{"",-20} -> {remedy}" : "")));

    public static string Of(MigrationOutcome outcome) => outcome.Applied.Count == 0
        ? "The schema is current; nothing to do."
        : $"Applied {string.Join(", ", outcome.Applied)}. The schema is current.";

    private static string Of(VersionSumsAnswer held) => string.Create(
        CultureInfo.InvariantCulture, $"{held.RollupRows} {(held.RollupRows == 1 ? "row" : "rows")} with {held.MessageCount} messages and {held.CostCentsEffective} cents");

    /// <summary>Columns as wide as they have to be.</summary>
    public static string Table(string[] head, IEnumerable<string[]> lines)
    {
        var rows = lines.Prepend(head).ToList();
        var widths = head.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        return string.Join('\n', rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()));
    }

    private static string Of(DeviceStanding standing) => standing switch { DeviceStanding.Paused => "paused", DeviceStanding.Revoked => "revoked", _ => "active" };

    private static string Of(MissingStage stage) => stage switch
    {
        MissingStage.Away => "not in contact since",
        MissingStage.Waiting => "will be asked",
        MissingStage.Asked => "asked",
        _ => "sending",
    };

    public static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'");
}
