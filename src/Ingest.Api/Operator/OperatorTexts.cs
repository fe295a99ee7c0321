using System.Globalization;
using System.Text;
using Ingest.Api.Doctor;
using Ingest.Api.Reconciliation;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Persistence.Backups;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Rewinds;

namespace Ingest.Api.Operator;

/// <summary>What verbs say to people.</summary>
internal static class OperatorTexts
{
    public static string Of(CreatedWorkspace workspace) =>
        $"""
        Workspace "{workspace.Name}" is there. Its id:

            {workspace.WorkspaceId}

        Next: ingest key create --workspace {workspace.WorkspaceId}
        """;

    public static string Of(IssuedKey key)
    {
        var text = new StringBuilder(
            $"""
            A key for {key.UserName} ({Of(key.Role)}) in {key.WorkspaceId}{(key.CompleteBy == Completeness.Auto ? "" : $", complete by {Of(key.CompleteBy)}")}:

                {key.Key}

            This is the only time it is shown; what is stored cannot be turned back into it.
            """);
        if (key.CloudToml is { } file)
            text.Append("\n\nA device needs this whole file:\n\n").Append(file);
        return text.ToString();
    }

    public static string Of(RevokedKey key) => key.AlreadyRevoked
        ? $"Key {key.Prefix}… of {key.UserName} in {key.WorkspaceId} was revoked already, at {Instant(key.RevokedAt)}."
        : $"Key {key.Prefix}… of {key.UserName} in {key.WorkspaceId} is revoked. Every running server refuses it within a second.";

    public static string Of(ChangedKey key) =>
        $"Key {key.Prefix}… of {key.UserName} in {key.WorkspaceId} is complete by {Of(key.CompleteBy)}" + (key.Changed ? " from now on." : " already.");

    public static string Of(KeyList list)
    {
        if (list.Keys.Count == 0)
            return "There are no keys. Make one: ingest key create --workspace WS";

        return Table(
            ["KEY", "WORKSPACE", "PERSON", "ROLE", "COMPLETE BY", "CREATED", "LAST USED", "STATE"],
            list.Keys.Select(key => new[]
            {
                key.Prefix + "…", key.WorkspaceId, key.UserName, Of(key.Role), Of(key.CompleteBy), Instant(key.CreatedAt),
                key.LastUsedAt is { } used ? Instant(used) : "never",
                key.RevokedAt is { } revoked ? "revoked " + Instant(revoked) : "active",
            }));
    }

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

    private static string Of(MissingStage stage) => stage switch
    {
        MissingStage.Away => "not in contact since",
        MissingStage.Waiting => "will be asked",
        MissingStage.Asked => "asked",
        _ => "sending",
    };

    private static string Of(Completeness completeBy) => completeBy switch { Completeness.Day => "day", Completeness.Row => "row", _ => "auto" };

    private static string Of(UserRole role) => role == UserRole.Manager ? "manager" : "member";

    public static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'");
}
