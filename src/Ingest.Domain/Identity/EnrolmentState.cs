namespace Ingest.Domain.Identity;

/// <summary>What has become of the code of an enrolment.</summary>
public enum EnrolmentState
{
    /// <summary>It can be redeemed.</summary>
    Open,

    /// <summary>A device has its key by it.</summary>
    Redeemed,

    /// <summary>Nobody redeemed it in time.</summary>
    Expired,

    /// <summary>It was taken back.</summary>
    Revoked,
}
