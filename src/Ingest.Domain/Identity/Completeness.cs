namespace Ingest.Domain.Identity;

/// <summary>
/// What an envelope's silence means. From a client that is complete by day, a key that a day no longer names is gone from the device; from
/// any other it was merely not sent.
/// </summary>
public enum Completeness
{
    /// <summary>As the client says of itself: <c>User-Agent: ureq/…</c> or the header <c>Ingest-Complete-By: day</c>, and else by row.</summary>
    Auto,

    /// <summary>Each envelope holds all rows of every day it names.</summary>
    Day,

    /// <summary>Envelopes hold single rows; nothing follows from what they do not name.</summary>
    Row,
}
