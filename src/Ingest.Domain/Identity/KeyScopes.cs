namespace Ingest.Domain.Identity;

/// <summary>What a key is for.</summary>
[Flags]
public enum KeyScopes
{
    None = 0,

    /// <summary>Send envelopes, and ask how the sync of one's own devices is doing: what a daemon needs.</summary>
    Ingest = 1,

    /// <summary>Read what the devices of the key's owner sent.</summary>
    ReadOwn = 2,

    /// <summary>Read what all devices of the workspace sent.</summary>
    Read = 4,

    /// <summary>Read all, and change members, keys, devices and what is stored.</summary>
    Manage = 8,

    All = Ingest | ReadOwn | Read | Manage,
}
