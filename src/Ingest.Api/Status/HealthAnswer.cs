using Ingest.Domain.Health;

namespace Ingest.Api.Status;

/// <summary>The verdict on a device's sync.</summary>
/// <param name="State"><c>healthy</c>: in contact, and the last envelope was accepted. <c>late</c>: a day without contact. <c>silent</c>: a week without. <c>shared_id</c>: two machines use this device id. <c>failing</c>: in contact, but envelopes are refused. <c>never</c>: nothing was ever stored.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Since">Since when the state holds.</param>
internal sealed record HealthAnswer(SyncState State, string Reason, DateTimeOffset Since);
