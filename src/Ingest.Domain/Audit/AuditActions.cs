namespace Ingest.Domain.Audit;

/// <summary>All that is written into the audit log: a closed list, by the kind of the subject. A test holds every action that is written against it.</summary>
public static class AuditActions
{
    public static IReadOnlyList<(string Action, string Meaning)> Described { get; } =
    [
        ("device.changed", "The device got another name or owner."),
        ("device.continued", "Two ids are one device: what the former sent counts where the latter has nothing newer."),
        ("device.day_restored", "What a closed day held before a change stands again; with its sums before and after."),
        ("device.declared_distinct", "Two devices with equal usage are two."),
        ("device.deleted", "The device was deleted with all that it sent; how much that was."),
        ("device.distinct_undone", "Whether they are two is open again."),
        ("device.merge_undone", "Two ids are two devices again."),
        ("device.paused", "The device waits."),
        ("device.quarantine_discarded", "Rows in quarantine were deleted; how many."),
        ("device.quarantine_replayed", "Rows in quarantine were tried again; how many were stored, still rejected, or superseded."),
        ("device.resumed", "The device goes on."),
        ("device.revoked", "No more is taken of the device."),
        ("device.rewind_requested", "A device was asked to send again, from a day on. Of all devices at once it is one entry, on the workspace."),
        ("device.superseded", "What the former id of a device sent counts no longer."),
        ("enrolment.created", "A code was made for a device of somebody."),
        ("enrolment.redeemed", "The code was redeemed: the device has a key. With what was undone for it: a deletion, a revocation, another owner."),
        ("enrolment.revoked", "The code was taken back."),
        ("invite.accepted", "Somebody became a member by an invite."),
        ("invite.created", "An invite was made."),
        ("invite.revoked", "An invite was taken back."),
        ("key.changed", "Something about the key was changed."),
        ("key.created", "A key was made."),
        ("key.imported", "A key that was made elsewhere was taken over."),
        ("key.revoked", "The key opens nothing any more."),
        ("key.rotated", "Another key takes the place of this one, which works for some time yet."),
        ("member.added", "Somebody became a member."),
        ("member.changed", "Somebody got another name or role."),
        ("member.link_created", "A link was made with which somebody signs in to the pages, once."),
        ("member.removed", "Somebody was removed; how many keys and codes ended with that."),
        ("member.signed_in", "Somebody signed in to the pages, with a key or a link."),
        ("member.signed_out", "Somebody signed out of the pages."),
        ("workspace.created", "The workspace was made."),
        ("workspace.renamed", "The workspace got another name."),
    ];

    public static IReadOnlyList<string> All { get; } = [.. Described.Select(one => one.Action)];
}
