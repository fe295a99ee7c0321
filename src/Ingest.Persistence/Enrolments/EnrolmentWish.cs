namespace Ingest.Persistence.Enrolments;

/// <summary>What is known of a device that shall be enrolled.</summary>
/// <param name="DeviceId">Its id, as it is stored, where it has one or had one; null leaves it to whoever redeems.</param>
/// <param name="Label">What it shall call itself; empty is nothing, null its host name.</param>
/// <param name="Minutes">How long the code is good.</param>
public sealed record EnrolmentWish(string? DeviceId = null, string? Label = null, int Minutes = EnrolmentStore.DefaultMinutes);
