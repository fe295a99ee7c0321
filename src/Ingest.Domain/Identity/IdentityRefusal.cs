namespace Ingest.Domain.Identity;

/// <summary>Why something about workspaces, people, keys or devices cannot be done.</summary>
public enum IdentityRefusal
{
    /// <summary>What was asked for breaks a rule that the message names.</summary>
    Invalid,

    WorkspaceNotFound,
    MemberNotFound,
    KeyNotFound,
    InviteNotFound,
    EnrolmentNotFound,
    DeviceNotFound,

    /// <summary>The code or token was never given out.</summary>
    CodeUnknown,

    /// <summary>It was used, taken back, or is too old.</summary>
    CodeSpent,

    /// <summary>Somebody or something of this name is there already.</summary>
    NameTaken,

    /// <summary>The key is known to the server already.</summary>
    KeyTaken,

    AlreadyMember,

    /// <summary>The workspace would be left without an owner.</summary>
    LastOwner,

    /// <summary>Only an owner may do this.</summary>
    OwnerNeeded,

    /// <summary>It was changed since it was read.</summary>
    Changed,

    /// <summary>It stands in the way of what was asked for, as the message says.</summary>
    Conflict,
}
