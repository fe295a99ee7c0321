using Ingest.Domain.Identity;

namespace Ingest.Api.Pages.Connect;

/// <summary>How far a device is that somebody connects.</summary>
/// <param name="EnrolmentId">By which it comes.</param>
/// <param name="State">What became of the code.</param>
/// <param name="ExpiresAt">When the code ends.</param>
/// <param name="DeviceId">The device, once the code was redeemed.</param>
/// <param name="ArrivedAt">When an envelope of it was accepted.</param>
/// <param name="Refusal">Why its last envelope was not, where none was accepted since.</param>
public sealed record Arrival(Guid EnrolmentId, EnrolmentState State, DateTimeOffset ExpiresAt, string? DeviceId, DateTimeOffset? ArrivedAt, string? Refusal)
{
    /// <summary>Whether something may yet happen by itself.</summary>
    public bool IsAwaited => ArrivedAt is null && State is (EnrolmentState.Open or EnrolmentState.Redeemed);

    public string Address => $"{ConnectEndpoints.Path}/{EnrolmentId:D}";
}
