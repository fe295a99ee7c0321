using Ingest.Domain.Usage;

namespace Ingest.Api.Usage;

/// <summary>Two devices that may be one, and then count twice.</summary>
/// <param name="DeviceId">The one met first.</param>
/// <param name="Label">Its name for people, if it sent one.</param>
/// <param name="OtherDeviceId">The other.</param>
/// <param name="OtherLabel">Its name for people, if it sent one.</param>
/// <param name="EqualDays">On how many days of the range both hold the very same usage.</param>
internal sealed record PossibleDuplicateAnswer(string DeviceId, string? Label, string OtherDeviceId, string? OtherLabel, int EqualDays)
{
    public static PossibleDuplicateAnswer Of(PossibleDuplicate pair) =>
        new(pair.Device.DeviceId, pair.Device.Label, pair.Other.DeviceId, pair.Other.Label, pair.EqualDays);
}
