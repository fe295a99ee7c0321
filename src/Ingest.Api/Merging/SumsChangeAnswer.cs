using Ingest.Api.Queries;

namespace Ingest.Api.Merging;

/// <summary>Sums over all time, before and after a decision.</summary>
/// <param name="Before">As they are added up without it.</param>
/// <param name="After">As they are with it.</param>
internal sealed record SumsChangeAnswer(SumsAnswer Before, SumsAnswer After);
