using Ingest.Api.Pages.Usage;
using Ingest.Domain.Sessions;

namespace Ingest.Api.Pages.Sessions;

/// <summary>Sessions, those with the last activity first.</summary>
/// <param name="Usage">What was used by all of them, and more.</param>
/// <param name="Sessions">Some of them.</param>
/// <param name="Chips">The filters that are in use.</param>
/// <param name="States">Lists of those that went well or badly, each with whether it is this one.</param>
/// <param name="Next">Where the list goes on; null at its end.</param>
public sealed record SessionListModel(
    UsageAddress Usage, IReadOnlyList<ListedSession> Sessions, IReadOnlyList<UsageChip> Chips, IReadOnlyList<(string Name, string Address, bool IsShown)> States, string? Next);
