using System.Globalization;
using Ingest.Api.Pages.Frame;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Reconciliation;
using Ingest.Domain.Usage;

namespace Ingest.Api.Pages.Usage;

/// <summary>Dimensions, measures and ranges in the words of pages.</summary>
internal static class UsageWords
{
    /// <summary>In which order people choose them.</summary>
    public static readonly IReadOnlyList<UsageDimension> Dimensions =
    [
        UsageDimension.Model, UsageDimension.Provider, UsageDimension.Repo, UsageDimension.Branch, UsageDimension.Ticket, UsageDimension.Member, UsageDimension.Device,
        UsageDimension.Surface, UsageDimension.Role, UsageDimension.Day,
    ];

    public static readonly IReadOnlyList<UsageMeasure> Measures = [UsageMeasure.CostEffective, UsageMeasure.CostIngested, UsageMeasure.Tokens, UsageMeasure.Messages];

    public static string NameOf(UsageDimension dimension) => dimension == UsageDimension.Repo ? "Repository" : dimension.ToString();

    /// <param name="dimension">Of what.</param>
    /// <param name="count">How many of it.</param>
    public static string Counted(UsageDimension dimension, int count) => (dimension, count) switch
    {
        (_, 1) => $"1 {NameOf(dimension).ToLowerInvariant()}",
        (UsageDimension.Repo, _) => $"{Times.Number(count)} repositories",
        (UsageDimension.Branch, _) => $"{Times.Number(count)} branches",
        _ => $"{Times.Number(count)} {NameOf(dimension).ToLowerInvariant()}s",
    };

    public static string NameOf(UsageMeasure measure) => measure switch
    {
        UsageMeasure.CostEffective => "Cost",
        UsageMeasure.CostIngested => "Cost at list price",
        _ => measure.ToString(),
    };

    /// <param name="dimension">Of what.</param>
    /// <param name="value">As it is stored.</param>
    /// <param name="name">What people call it.</param>
    public static string Of(UsageDimension dimension, string? value, string? name) => dimension switch
    {
        _ when string.IsNullOrEmpty(value) => "(none)",
        UsageDimension.Day => Times.Weekday(DateOnly.ParseExact(value, Day.Format, CultureInfo.InvariantCulture)),
        _ => name ?? value,
    };

    /// <summary>As people say it, with the last day in it.</summary>
    public static string Of(DayRange range)
    {
        var (first, last) = (range.From, range.To.AddDays(-1));
        if (first == last) return Times.Day(first);
        if (first.Year != last.Year) return $"{Times.Day(first)} – {Times.Day(last)}";
        return first.Month == last.Month ? $"{first.Day}–{Times.Day(last)}" : $"{first.ToString("d MMM", CultureInfo.InvariantCulture)} – {Times.Day(last)}";
    }
}
