using Ingest.Api.Pages.Frame;
using Ingest.Api.Usage;
using Ingest.Domain.Reconciliation;
using Ingest.Domain.Usage;

namespace Ingest.Api.Pages.Usage;

/// <summary>How far the sums can be relied on.</summary>
/// <param name="Range">Which days are shown.</param>
/// <param name="CompleteThrough">The last day that is final; null is none.</param>
/// <param name="HeldBackBy">The worst of the devices that keep it from being later.</param>
/// <param name="HeldBackCount">How many there are.</param>
/// <param name="Duplicates">Some pairs of devices that may be one.</param>
/// <param name="DuplicateCount">How many there are.</param>
/// <param name="ExpiredDeviceDays">Days of devices that were removed by age.</param>
/// <param name="MergedInto">The id that the one device that was asked for has now.</param>
public sealed record UsageReliance(
    DayRange Range,
    DateOnly? CompleteThrough,
    IReadOnlyList<HoldingDevice> HeldBackBy,
    int HeldBackCount,
    IReadOnlyList<PossibleDuplicate> Duplicates,
    int DuplicateCount,
    int ExpiredDeviceDays,
    string? MergedInto)
{
    /// <summary>Named one by one; the page of the fleet has the others.</summary>
    private const int MostNamed = 4;

    public bool IsComplete => CompleteThrough >= Range.To.AddDays(-1);

    public string Headline => this switch
    {
        { CompleteThrough: null } => "No day is complete yet.",
        { IsComplete: true } => "Complete: nothing more is expected for these days.",
        _ when CompleteThrough < Range.From => $"Complete through {Times.Day(CompleteThrough.Value)} only: every day shown may still change.",
        _ => $"Complete through {Times.Day(CompleteThrough.Value)}. Later days may still change.",
    };

    public Tone Tone => IsComplete ? Tone.Good : CompleteThrough >= Range.From && HeldBackCount == 0 ? Tone.Notice : Tone.Warning;

    public string Word => IsComplete ? "Complete" : CompleteThrough >= Range.From ? "Partly final" : "Not final";

    internal static UsageReliance Of(UsageView view) => new(
        view.Query.Question.Range,
        view.Report.CompleteThrough,
        [.. view.HeldBackBy.Take(MostNamed).Select(device => new HoldingDevice(device.DeviceId, device.Label ?? device.DeviceId, device.CompleteThrough, device.HealthState))],
        view.HeldBackCount,
        [.. view.Report.PossibleDuplicates.Take(MostNamed)],
        view.Report.PossibleDuplicates.Count,
        view.Report.ExpiredDeviceDays,
        view.Report.MergedInto);
}
