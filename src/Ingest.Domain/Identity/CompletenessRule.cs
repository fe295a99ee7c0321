namespace Ingest.Domain.Identity;

/// <summary>Who is complete by day (design §7): what an operator set for the key, else what the client declares, else what it is.</summary>
public static class CompletenessRule
{
    /// <summary>What a client says of its envelopes, as the value of its declaration.</summary>
    public const string DeclaredDay = "day";

    /// <inheritdoc cref="DeclaredDay"/>
    public const string DeclaredRow = "row";

    /// <summary>How a stock daemon begins to name itself: its chunks hold all local rows of each day they name (C§5.0).</summary>
    private const string StockDaemon = "ureq/";

    /// <param name="ofKey">What is set for the key.</param>
    /// <param name="userAgent">What the client calls itself.</param>
    /// <param name="declared">What it declares; null where it declares nothing. What is none of the two words is taken as the harmless one.</param>
    public static bool IsByDay(Completeness ofKey, string? userAgent, string? declared) => ofKey switch
    {
        Completeness.Day => true,
        Completeness.Row => false,
        _ when declared is not null => declared.Trim().Equals(DeclaredDay, StringComparison.OrdinalIgnoreCase),
        _ => userAgent?.StartsWith(StockDaemon, StringComparison.Ordinal) is true,
    };
}
