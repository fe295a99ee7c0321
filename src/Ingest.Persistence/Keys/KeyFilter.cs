namespace Ingest.Persistence.Keys;

/// <summary>Which keys are listed; null is any.</summary>
public sealed record KeyFilter(Guid? UserId = null, KeyState? State = null);
