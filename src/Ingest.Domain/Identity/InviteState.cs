namespace Ingest.Domain.Identity;

/// <summary>What has become of an invite.</summary>
public enum InviteState
{
    /// <summary>It can be accepted.</summary>
    Open,

    /// <summary>As many people as it was for have accepted it.</summary>
    Used,

    /// <summary>It was not accepted in time.</summary>
    Expired,

    /// <summary>It was taken back.</summary>
    Revoked,
}
