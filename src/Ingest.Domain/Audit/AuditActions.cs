namespace Ingest.Domain.Audit;

/// <summary>All that is written into the audit log: a closed list, by the kind of the subject. A test holds every action that is written against it.</summary>
public static class AuditActions
{
    public static IReadOnlyList<(string Action, string Meaning)> Described { get; } =
    [
        ("device.day_restored", "What a closed day held before a change stands again; with its sums before and after."),
        ("device.quarantine_discarded", "Rows in quarantine were deleted; how many."),
        ("device.quarantine_replayed", "Rows in quarantine were tried again; how many were stored, still rejected, or superseded."),
        ("device.rewind_requested", "A device was asked to send again, from a day on. Of all devices at once it is one entry, on the workspace."),
        ("enrolment.created", "A code was made for a device of somebody."),
        ("enrolment.redeemed", "The code was redeemed: the device has a key. With what was undone for it: a deletion, a revocation, another owner."),
        ("enrolment.revoked", "The code was taken back."),
        ("invite.accepted", "Somebody became a member."),
        ("invite.created", "An invite was made."),
        ("invite.revoked", "An invite was taken back."),
    ];

    public static IReadOnlyList<string> All { get; } = [.. Described.Select(one => one.Action)];
}
