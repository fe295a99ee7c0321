using Ingest.Domain.Health;

namespace Ingest.Api.Pages.SyncHealth;

/// <summary>Something that is the matter, and what to do about it.</summary>
/// <param name="Matter">What is the matter.</param>
/// <param name="Remedy">What to do.</param>
public sealed record DeviceAdvice(string Matter, Remedy Remedy);
