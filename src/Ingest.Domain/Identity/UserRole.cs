namespace Ingest.Domain.Identity;

/// <summary>What somebody is in a workspace. What a key of theirs may do is bounded by this and by the key's own scopes.</summary>
public enum UserRole
{
    /// <summary>Syncs devices, and sees their own.</summary>
    Member,

    /// <summary>Sees and changes all of the workspace, but not who owns it.</summary>
    Manager,

    /// <summary>A manager who may also make and unmake owners. A workspace always has one.</summary>
    Owner,

    /// <summary>Sees all of the workspace, changes nothing and syncs nothing.</summary>
    Viewer,
}
