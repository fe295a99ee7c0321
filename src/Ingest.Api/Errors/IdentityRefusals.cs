using Ingest.Domain.Identity;

namespace Ingest.Api.Errors;

/// <summary>How what cannot be done about workspaces, people, keys and devices is answered.</summary>
internal static class IdentityRefusals
{
    public static ProblemCode Code(this IdentityRefusal refusal) => refusal switch
    {
        IdentityRefusal.Invalid => ProblemCode.InvalidRequest,
        IdentityRefusal.WorkspaceNotFound => ProblemCode.WorkspaceNotFound,
        IdentityRefusal.MemberNotFound => ProblemCode.MemberNotFound,
        IdentityRefusal.KeyNotFound => ProblemCode.KeyNotFound,
        IdentityRefusal.InviteNotFound => ProblemCode.InviteNotFound,
        IdentityRefusal.EnrolmentNotFound => ProblemCode.EnrolmentNotFound,
        IdentityRefusal.DeviceNotFound => ProblemCode.DeviceNotFound,
        IdentityRefusal.CodeUnknown => ProblemCode.CodeUnknown,
        IdentityRefusal.CodeSpent => ProblemCode.CodeSpent,
        IdentityRefusal.NameTaken => ProblemCode.NameTaken,
        IdentityRefusal.KeyTaken => ProblemCode.KeyTaken,
        IdentityRefusal.AlreadyMember => ProblemCode.AlreadyMember,
        IdentityRefusal.LastOwner => ProblemCode.LastOwner,
        IdentityRefusal.OwnerNeeded => ProblemCode.OwnerNeeded,
        IdentityRefusal.Changed => ProblemCode.PreconditionFailed,
        IdentityRefusal.Conflict => ProblemCode.Conflict,
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "No such refusal."),
    };
}
