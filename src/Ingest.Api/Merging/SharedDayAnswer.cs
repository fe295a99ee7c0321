using Ingest.Domain.Envelopes;
using Ingest.Domain.Merging;

namespace Ingest.Api.Merging;

/// <summary>A day that both ids hold.</summary>
/// <param name="BucketDay">The UTC day.</param>
/// <param name="TakenFrom">The id whose snapshot counts; null where none does.</param>
/// <param name="MessageCount">Messages that count.</param>
/// <param name="MessageCountLeftOut">Messages that do not.</param>
/// <param name="CostCentsEffective">US cents that count.</param>
/// <param name="CostCentsEffectiveLeftOut">US cents that do not.</param>
internal sealed record SharedDayAnswer(
    DateOnly BucketDay, string? TakenFrom, long MessageCount, long MessageCountLeftOut, decimal CostCentsEffective, decimal CostCentsEffectiveLeftOut)
{
    public static SharedDayAnswer Of(SharedDay day) => new(
        day.Day, day.TakenFrom, day.Taken.MessageCount, day.LeftOut.MessageCount, Money.ToCents(day.Taken.CostEffective), Money.ToCents(day.LeftOut.CostEffective));
}
