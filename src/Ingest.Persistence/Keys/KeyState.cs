namespace Ingest.Persistence.Keys;

/// <summary>Whether a key is of use.</summary>
public enum KeyState
{
    Active,

    /// <summary>Another one takes its place, and it works until its end.</summary>
    Rotating,

    Expired,
    Revoked,
}
