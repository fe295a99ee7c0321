namespace Ingest.Domain.Identity;

/// <summary>
/// What a look-up of a presented key found. Only <see cref="Unknown"/> and <see cref="Expired"/> may become a 401: that answer stops a stock daemon
/// until a person restarts it (C§3.3), so it needs a look-up that succeeded on a server that is set up.
/// </summary>
public enum KeyLookupOutcome
{
    Found,
    Unknown,

    /// <summary>It existed, and ended at the time that was set for it.</summary>
    Expired,

    /// <summary>Not on a list some seconds old, and not looked up: it may have been made since, so this is no <see cref="Unknown"/>.</summary>
    NotListed,

    /// <summary>No key exists in the whole database: the server is new, or was restored from nothing.</summary>
    NotSetUp,

    /// <summary>An operator switched maintenance on.</summary>
    Maintenance,
}

/// <summary>The outcome, and the caller where a key was found.</summary>
public readonly record struct KeyLookup(KeyLookupOutcome Outcome, Caller? Caller);
