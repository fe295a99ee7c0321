namespace Ingest.Domain.Audit;

/// <summary>What something was done to.</summary>
/// <param name="Kind">One of the constants here.</param>
/// <param name="Id">Which one. A device is named by its reference, never by its id, so that nothing leads to it once it is deleted.</param>
/// <param name="Name">What people call it; null of a device.</param>
public sealed record AuditSubject(string Kind, string Id, string? Name = null)
{
    public const string WorkspaceKind = "workspace";
    public const string MemberKind = "member";
    public const string KeyKind = "key";
    public const string InviteKind = "invite";
    public const string EnrolmentKind = "enrolment";
    public const string DeviceKind = "device";

    public static IReadOnlyList<string> Kinds { get; } = [WorkspaceKind, MemberKind, KeyKind, InviteKind, EnrolmentKind, DeviceKind];

    public static AuditSubject Workspace(string workspaceId, string name) => new(WorkspaceKind, workspaceId, name);

    public static AuditSubject Member(Guid userId, string name) => new(MemberKind, userId.ToString("D"), name);

    public static AuditSubject Key(Guid keyId, string? name) => new(KeyKind, keyId.ToString("D"), name);

    public static AuditSubject Invite(Guid inviteId, string? note) => new(InviteKind, inviteId.ToString("D"), note);

    public static AuditSubject Enrolment(Guid enrolmentId) => new(EnrolmentKind, enrolmentId.ToString("D"));

    public static AuditSubject Device(Guid reference) => new(DeviceKind, reference.ToString("D"));
}
