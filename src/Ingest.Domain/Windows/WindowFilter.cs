using Ingest.Domain.Reconciliation;

namespace Ingest.Domain.Windows;

/// <summary>Which windows are listed; null is any. Texts are those that are stored, to the letter.</summary>
/// <param name="DeviceId">Of one device: of all its ids where this is the one it has now, or of a former one alone.</param>
/// <param name="OwnerUserId">Of the devices of one member.</param>
/// <param name="Range">The UTC days they began on.</param>
public sealed record WindowFilter(string? DeviceId, Guid? OwnerUserId, DayRange Range)
{
    /// <summary>The tool.</summary>
    public string? Provider { get; init; }

    public string? Surface { get; init; }

    public bool? HitRateLimit { get; init; }
}
