namespace Ingest.Api.Status;

/// <summary>When the device is next asked for its last weeks, which heals what no other rule can see.</summary>
/// <param name="NextAt">At the earliest; null: not before its first envelope.</param>
/// <param name="FullOn">From this day on, <c>YYYY-MM-DD</c> in UTC, it is asked for everything instead.</param>
internal sealed record LookBackAnswer(DateTimeOffset? NextAt, DateOnly? FullOn);
