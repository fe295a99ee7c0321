using Ingest.Domain.Reconciliation;

namespace Ingest.Domain.Windows;

/// <summary>Which windows are listed: of each field those with one of the values, any where there are none. Texts are those that are stored, to the letter.</summary>
/// <param name="Range">The UTC days they began on.</param>
public sealed record WindowFilter(DayRange Range)
{
    /// <summary>Each with all its ids where it is the one the device has now, and a former one alone.</summary>
    public required IReadOnlySet<string> DeviceIds { get; init; }

    /// <summary>Whose devices.</summary>
    public required IReadOnlySet<string> UserIds { get; init; }

    public required IReadOnlySet<string> Providers { get; init; }

    public required IReadOnlySet<string> Surfaces { get; init; }

    /// <summary>Null is either.</summary>
    public bool? HitRateLimit { get; init; }
}
