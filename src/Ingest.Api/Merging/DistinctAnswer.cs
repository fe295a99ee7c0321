namespace Ingest.Api.Merging;

/// <summary>What is decided about two devices.</summary>
/// <param name="DeviceId">The one.</param>
/// <param name="OtherDeviceId">The other.</param>
/// <param name="Distinct">Whether they are declared to be two.</param>
/// <param name="Changed">Whether that is new.</param>
internal sealed record DistinctAnswer(string DeviceId, string OtherDeviceId, bool Distinct, bool Changed);
