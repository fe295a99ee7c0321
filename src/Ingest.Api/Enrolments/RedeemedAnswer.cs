using Ingest.Persistence.Enrolments;

namespace Ingest.Api.Enrolments;

/// <summary>All that a device needs.</summary>
/// <param name="Endpoint">Where it sends to.</param>
/// <param name="WorkspaceId">The workspace.</param>
/// <param name="DeviceId">What it has to call itself from now on.</param>
/// <param name="Label">What it calls itself for people; null is its host name.</param>
/// <param name="Key">Its key: shown now and never again.</param>
/// <param name="KeyId">Names the key.</param>
/// <param name="CloudToml">The whole file <c>~/.config/budi/cloud.toml</c>.</param>
internal sealed record RedeemedAnswer(string Endpoint, string WorkspaceId, string DeviceId, string? Label, string Key, Guid KeyId, string CloudToml)
{
    public static RedeemedAnswer Of(RedeemedEnrolment redeemed, string endpoint) => new(
        endpoint, redeemed.WorkspaceId, redeemed.DeviceId, redeemed.Label, redeemed.Key, redeemed.KeyId,
        Enrolments.CloudToml.Write(endpoint, redeemed.WorkspaceId, redeemed.Key, redeemed.DeviceId, redeemed.Label) + "\n");
}
