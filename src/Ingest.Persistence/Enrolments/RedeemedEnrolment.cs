namespace Ingest.Persistence.Enrolments;

/// <summary>What a device has by its enrolment. <paramref name="Key"/> exists only here: it is not stored and cannot be shown again.</summary>
public sealed record RedeemedEnrolment(string WorkspaceId, string DeviceId, string? Label, Guid KeyId, string Key)
{
    // The generated text of a record would put the secret into any log line that names it.
    public override string ToString() => $"key {KeyId} of device {DeviceId} in {WorkspaceId}";
}
