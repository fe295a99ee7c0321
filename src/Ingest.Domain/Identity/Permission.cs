namespace Ingest.Domain.Identity;

/// <summary>What an address asks of a key. Every address with a key names one.</summary>
public enum Permission
{
    /// <summary>Nothing but a good key: what the key itself is.</summary>
    Identify,

    /// <summary>Sends envelopes.</summary>
    Ingest,

    /// <summary>Asks how a device of one's own is doing: daemons may.</summary>
    ReadStatus,

    /// <summary>Reads what devices sent: those that the key sees.</summary>
    Read,

    /// <summary>Changes something, or reads who else is here.</summary>
    Manage,
}
