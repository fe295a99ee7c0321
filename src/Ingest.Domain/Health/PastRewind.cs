namespace Ingest.Domain.Health;

/// <summary>A rewind that is over: the device went back (<c>obeyed</c>), or never did (<c>unheeded</c>).</summary>
public sealed record PastRewind(DateOnly From, string Reason, DateTimeOffset Since, DateTimeOffset EndedAt, string Outcome);
