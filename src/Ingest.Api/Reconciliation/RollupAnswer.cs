using Ingest.Api.Queries;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;

namespace Ingest.Api.Reconciliation;

/// <summary>A rollup as it is stored, without its day.</summary>
/// <param name="Row">The row.</param>
internal record RollupAnswer([property: System.Text.Json.Serialization.JsonIgnore] DailyRollup Row) : SumsAnswer(DayTotals.Of([Row]))
{
    /// <summary>Who wrote the messages.</summary>
    public string Role => Row.Key.Role;

    /// <summary>The tool.</summary>
    public string Provider => Row.Key.Provider;

    /// <summary>The model.</summary>
    public string Model => Row.Key.Model;

    /// <summary>The repository.</summary>
    public string RepoId => Row.Key.RepoId;

    /// <summary>The branch.</summary>
    public string GitBranch => Row.Key.GitBranch;

    /// <summary>Where the tool ran.</summary>
    public string Surface => Row.Key.Surface;

    /// <summary>The ticket found in the branch.</summary>
    public string? Ticket => Row.Ticket;

    /// <summary>How the ticket was found.</summary>
    public string? TicketSource => Row.TicketSource;
}
