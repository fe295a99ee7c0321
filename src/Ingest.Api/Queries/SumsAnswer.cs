using System.Text.Json.Serialization;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;

namespace Ingest.Api.Queries;

/// <summary>Sums over live rows. Ghosts, quarantined rows and expired days are in none of them.</summary>
/// <param name="Sums">As the ledger holds them.</param>
internal record SumsAnswer([property: JsonIgnore] DayTotals Sums)
{
    /// <summary>Messages.</summary>
    public long MessageCount => Sums.MessageCount;

    /// <summary>Input tokens.</summary>
    public long InputTokens => Sums.InputTokens;

    /// <summary>Output tokens.</summary>
    public long OutputTokens => Sums.OutputTokens;

    /// <summary>Tokens written to a cache.</summary>
    public long CacheCreationTokens => Sums.CacheCreationTokens;

    /// <summary>Tokens read from a cache.</summary>
    public long CacheReadTokens => Sums.CacheReadTokens;

    /// <summary>US cents by the list price at the time of use, exact to 1/10000 cent.</summary>
    public decimal CostCentsIngested => Money.ToCents(Sums.CostIngested);

    /// <summary>US cents as the device shows them, a team's own prices included, exact to 1/10000 cent.</summary>
    public decimal CostCentsEffective => Money.ToCents(Sums.CostEffective);
}
