namespace Ingest.Domain.Health;

/// <summary>
/// The exact thing to do, true for a stock daemon (C§3): it reads whether the sync is on when it starts, and everything else of its <c>cloud.toml</c> with
/// each tick; it stops at a 401 until the key changes or it restarts, and tries on after any other refusal, at the latest every five minutes. Only commands that
/// it has are named, and never <c>budi cloud init</c>, which would send the key to another server.
/// </summary>
public static class RemedyRule
{
    private const string CloudToml = "~/.config/budi/cloud.toml";
    private const string StatusCommand = "budi cloud status";
    private const string SyncCommand = "budi cloud sync";
    private const string ToldSyncCommand = SyncCommand + " --format json";
    private const string ResetCommand = "budi cloud reset";

    private static readonly RemedyStep TriesAgain = new(
        RemedyParty.Device, "Nothing: the daemon keeps what it has and tries again by itself, at the latest every five minutes. Nothing is lost.");

    private static readonly RemedyStep TryNow = new(RemedyParty.Device, "See what the server answers now, in full:", SyncCommand);

    private static readonly RemedyStep Restart = new(
        RemedyParty.Device, "Restart the budi daemon, or the machine: whether the sync is on, the daemon reads only when it starts. Then this says “ready”:", StatusCommand);

    private static readonly RemedyStep PasteLine = new(
        RemedyParty.Device, $"Paste the line that comes with the code. It writes the whole {CloudToml}, with the new key. (Never “budi cloud init”: it would send the key to another server.)");

    private static readonly RemedyStep Doctor = new(RemedyParty.Operator, "Look at the database, the disk and the log of the server:", "ingest doctor");

    /// <summary>What a daemon is answered to an envelope, by code. Those that a device never sees beside its name are here for whoever tries by hand.</summary>
    private static readonly Dictionary<string, Func<RemedyTarget, Remedy>> ByCode = new(StringComparer.Ordinal)
    {
        ["unsupported_schema_version"] = _ => new(
            "The daemon and the server do not speak the same version of the envelope.",
            [
                new(RemedyParty.Operator, "Update the server: it has to know the version that the answer names."),
                new(RemedyParty.Device, "If the version is lower than those that the answer expects, the daemon is the older one: update budi."),
                TriesAgain,
            ]),
        ["invalid_envelope"] = _ => new(
            "The envelope lacks something that every envelope has.",
            [
                new(RemedyParty.Device, $"Look at workspace_id and device_id in {CloudToml}; the answer names the field that is wrong. The daemon reads them again with each try."),
                TryNow,
                new(RemedyParty.Device, "If they are right, update budi and restart its daemon."),
            ]),
        ["no_usable_rows"] = _ => new(
            "No row of the envelope follows the rules. Sent once more, they are put aside, and the daemon goes on.",
            [
                TriesAgain,
                new(RemedyParty.Device, "To have it now:", SyncCommand),
                new(RemedyParty.Manager, "The rows then stand in quarantine, with what is wrong with each."),
            ]),
        ["invalid_rows"] = _ => new(
            "The client asked for strict handling, and one of its rows breaks a rule.",
            [new(RemedyParty.Device, "Correct the rows that the answer names, or send without “Prefer: handling=strict”. A stock daemon does not ask for it.")]),
        ["quarantine_full"] = _ => new(
            "So many rows of the device are in quarantine that no more are put aside.",
            [
                new(RemedyParty.Device, "Look at the rows in quarantine below: they say what is wrong. Update budi, which writes them, and restart its daemon."),
                new(RemedyParty.Manager, "Then clear the quarantine: POST /v1/ingest/quarantine/discard with the device_id and \"all\": true. What the device still has comes again."),
            ]),
        ["device_cap_reached"] = _ => new(
            "The workspace has as many devices as it may.",
            [
                new(RemedyParty.Device, $"If this machine synced here before, under another device_id, put that one back into {CloudToml}: then it is no new device."),
                new(RemedyParty.Manager, "Revoke a device that is not in use any more: it keeps what it sent, and does not count."),
                new(RemedyParty.Operator, "Or raise Limits__DevicesPerWorkspace and restart the server."),
                TriesAgain,
            ]),
        ["device_paused"] = Resumed,
        ["device_revoked"] = Resumed,
        ["device_deleted"] = target => new(
            "The device was deleted with its data, and stays away until it is let in again.",
            [new(RemedyParty.Manager, "Make a code for this very device:", target.EnrolThis), PasteLine, Restart]),
        ["key_bound"] = target => new(
            "The key is for another device.",
            [
                new(RemedyParty.Device, $"Put the device_id that the answer names back into {CloudToml}, if the file was changed."),
                new(RemedyParty.Manager, "If it is another machine, it needs a code of its own:", target.EnrolAnother),
                PasteLine, Restart,
            ]),
        ["workspace_mismatch"] = _ => new(
            "The daemon names another workspace than its key's.",
            [new(RemedyParty.Device, $"Set workspace_id in {CloudToml} to the one that the answer names. The daemon reads it with its next try."), TryNow]),
        ["unauthorized"] = NewKey,
        ["scope_missing"] = NewKey,
        ["role_missing"] = NewKey,
        ["https_required"] = _ => new(
            "The key came over plain HTTP, and was not looked at.",
            [
                new(RemedyParty.Device, $"The endpoint in {CloudToml} begins with https://"),
                new(RemedyParty.Operator, "Behind a proxy, name it in Proxies__Trusted, so that its X-Forwarded-Proto counts."),
            ]),
        ["rate_limited"] = _ => new(
            "Too much comes with its key at once.",
            [
                TriesAgain,
                new(RemedyParty.Manager, "If it stays so: does another machine use the same key? Each device has one of its own."),
                new(RemedyParty.Operator, "Or raise Limits__RequestsPerMinute or Limits__RowsPerMinute, whichever the answer is about."),
            ]),
        ["authentication_limited"] = _ => new("Too many unknown keys come from its address.", [TriesAgain]),
        ["body_too_large"] = _ => new(
            "One of its envelopes is larger than the server takes.",
            [new(RemedyParty.Operator, "Raise Limits__BodyBytes and restart the server: a daemon never splits a day, and sends the same again."), TriesAgain]),
        ["request_timeout"] = _ => new("Its envelopes come too slowly.", [TriesAgain, new(RemedyParty.Device, "On a better line, have it now:", SyncCommand)]),
        ["maintenance"] = _ => new("The server is in maintenance.", [new(RemedyParty.Operator, "When the work is done, end it:", "ingest maintenance off"), TriesAgain]),
        ["schema_behind"] = _ => new("The database needs a migration.", [new(RemedyParty.Operator, "Bring it to the schema of this version:", "ingest migrate"), TriesAgain]),
        ["schema_foreign"] = _ => new(
            "Another version of the server migrated the database.", [new(RemedyParty.Operator, "Run the version that did, or a newer one."), TriesAgain]),
        ["not_set_up"] = _ => new(
            "The server holds no key.", [new(RemedyParty.Operator, "If there were keys before, look at the database: it may be another one than it was."), Doctor, TriesAgain]),
        ["store_unavailable"] = OursToMend,
        ["overloaded"] = _ => new(
            "The server has as much in hand as it may.",
            [TriesAgain, new(RemedyParty.Operator, "If it stays so, add an instance, or raise Limits__BodyBudgetBytes.")]),
        ["starting"] = _ => new("The server was starting.", [TriesAgain]),
        ["shutting_down"] = _ => new("The server was shutting down.", [TriesAgain]),
        ["internal"] = _ => new(
            "Something failed on the server.",
            [new(RemedyParty.Operator, "Find the attempt id, which is below, in the log of the server, and report it."), TriesAgain]),
        ["no_body"] = Mangled,
        ["bad_request"] = Mangled,
        ["invalid_json"] = Mangled,
        ["invalid_content_encoding"] = Mangled,
        ["unsupported_content_encoding"] = Mangled,
        ["unsupported_media_type"] = Mangled,
    };

    /// <summary>Codes with a remedy of their own.</summary>
    public static IReadOnlyCollection<string> Codes => ByCode.Keys;

    public static Remedy Of(DeviceStatus status, SyncHealth health, RemedyTarget target, DateTimeOffset now) => health.State switch
    {
        SyncState.Paused => new(
            "Somebody lets the device wait. It keeps what it has, and nothing is lost.",
            [new(RemedyParty.Manager, "Let it go on:", target.Resume), new(RemedyParty.Device, "Nothing: the daemon tries again by itself, and goes on where it stopped.")]),
        SyncState.Revoked => new(
            "Nothing of the device is taken any more. What it sent stays, and counts.",
            [
                new(RemedyParty.Manager, "If it shall sync again, take that back:", target.Resume),
                new(RemedyParty.Device, $"If not, set enabled = false in {CloudToml} and restart the daemon, or it goes on trying."),
            ]),
        SyncState.Failing or SyncState.Never when status.Facts.FailingSince is not null => OfCode(status.Facts.LastCode, target),
        SyncState.Never or SyncState.Late or SyncState.Silent when status.LastKey?.HasEnded(now) == true => NewKey(target),
        SyncState.Never => new("The device is known, and nothing of it has arrived.", NotSending(target)),
        SyncState.SharedId => Shared(target),
        SyncState.Silent => new(
            "Look at the machine: it has not been heard of for a week or more.",
            [
                new(RemedyParty.Manager, "If it is not in use any more, revoke it: what it sent stays, and nobody waits for it any more."),
                .. NotSending(target),
            ]),
        SyncState.Late => new(
            "If the machine was off, nothing has to be done: its daemon sends all it has when it is on again.", NotSending(target)),
        _ => new("Nothing has to be done.", []),
    };

    public static Remedy Of(ConcernKind concern, RemedyTarget target) => concern switch
    {
        ConcernKind.KeyEnded => NewKey(target),
        ConcernKind.BackupGap => new(
            "The device is asked for it and sends it by itself, once it is in contact.",
            [new(RemedyParty.Device, "Sessions are out of the server's reach; this makes it send them again:", ResetCommand)]),
        ConcernKind.Resending => new(
            "The daemon sends it with its next tries.",
            [new(RemedyParty.Device, "If it does not follow, this makes it send all it has:", ResetCommand)]),
        ConcernKind.ShrunkDays => new(
            "The device is believed. What the days held before is kept, and stands below.",
            [
                new(RemedyParty.Device, "If the usage is still on the device, this makes it send all it has again, within five minutes:", ResetCommand),
                new(RemedyParty.Manager, "If the device lost it, put back what the day held, below, by the change that made it smaller. Its version names it here:", target.Restore("VERSION")),
            ]),
        ConcernKind.GoneDays => new("Nothing has to be done: they stay as they are, and are themselves again once the device names them.", []),
        ConcernKind.QuarantinedRows => new(
            "The rows below say what is wrong. One that comes right later leaves quarantine by itself.",
            [
                new(RemedyParty.Device, "Update budi, which writes them, and restart its daemon. Then send everything again:", ResetCommand),
                new(RemedyParty.Manager, "Rows that nobody will send again are discarded: POST /v1/ingest/quarantine/discard."),
            ]),
        _ => new(
            "Set the clock of the machine.",
            [new(RemedyParty.Device, "Have it set its time from the network. What is dated already stays on the day that it is dated to.")]),
    };

    private static Remedy OfCode(string? code, RemedyTarget target) => code is not null && ByCode.TryGetValue(code, out var remedy)
        ? remedy(target)
        : new Remedy("The answer says what is wrong.", [TryNow, TriesAgain]);

    /// <summary>The decision is over; the daemon does not know yet.</summary>
    private static Remedy Resumed(RemedyTarget target) => new("The device may go on.", [TriesAgain, new(RemedyParty.Device, "To have it now:", SyncCommand)]);

    private static Remedy NewKey(RemedyTarget target) => new(
        "The device needs a new key. A daemon that is answered 401 sends nothing until its key changes or it is restarted.",
        [new(RemedyParty.Manager, "Make a code for this very device, which keeps its id:", target.EnrolThis), PasteLine, Restart]);

    private static Remedy OursToMend(RemedyTarget target) => new("The database did not answer. It is no fault of the device.", [Doctor, TriesAgain]);

    private static Remedy Mangled(RemedyTarget target) => new(
        "What arrives is no envelope. A stock daemon does not send that.",
        [new(RemedyParty.Device, "Look for a proxy between the machine and the server (HTTPS_PROXY, ALL_PROXY), or for another client with this key."), TryNow]);

    private static RemedyStep[] NotSending(RemedyTarget target) =>
    [
        new(RemedyParty.Device, "On the machine, is the sync on? This has to say “ready”:", StatusCommand),
        new(RemedyParty.Device, $"If it does not, {CloudToml} lacks something, or was completed after the daemon started. Restart the daemon, or have the file written anew by a code."),
        new(RemedyParty.Device, "Send now. “result” tells how it went, also where the daemon in the background has stopped:", ToldSyncCommand),
        new(RemedyParty.Manager, "If it is “auth_failure”, the key opens nothing any more. Make a code for this very device; its line writes the file, then the daemon is restarted:", target.EnrolThis),
    ];

    private static Remedy Shared(RemedyTarget target) => new(
        $"Find the other machine with this device_id: a {CloudToml} was copied, or a disk was.",
        [
            new(RemedyParty.Device, $"Compare device_id in {CloudToml} on all your machines. Two have {target.DeviceId}."),
            new(RemedyParty.Manager, "Make a code for the copy, so that it gets an id of its own:", target.EnrolAnother),
            new(RemedyParty.Device, $"On the copy, paste the line that comes with the code. It writes the whole {CloudToml}. Restart the daemon. Days come by themselves; its sessions with this:", ResetCommand),
            new(RemedyParty.Manager, "A copied disk brings the history of this device under the new id, too. Where usage names the two as possible duplicates, decide what counts: GET /v1/devices/duplicates."),
            new(RemedyParty.Manager, "A day after that, ask this device for all it has, so that its own rows stand here again:", target.Rewind),
        ]);
}
