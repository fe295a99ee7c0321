namespace Ingest.Domain.Ledger;

/// <summary>The numbers of the ledger's rules (design §7).</summary>
public sealed record LedgerPolicy
{
    /// <summary>Days before today that late changes are still expected for; at least 1.</summary>
    public int GraceDays { get; init; } = 2;

    /// <summary>How far the daily look-back reaches.</summary>
    public int LookBackDays { get; init; } = 35;

    /// <summary>Days from one look-back over everything to the next.</summary>
    public int FullLookBackDays { get; init; } = 7;

    /// <summary>Less history than this at first contact may be the rest of one that another server has.</summary>
    public int ShortHistoryDays { get; init; } = 7;

    /// <summary>So many flips of one day between two contents mean two machines with one device id.</summary>
    public int FlipsOfSharedId { get; init; } = 4;

    /// <summary>So many changes of a closed day mean it too: three machines that take turns never flip.</summary>
    public int ChangesOfSharedId { get; init; } = 24;

    /// <summary>How long a day has to be left alone to count as quiet again.</summary>
    public TimeSpan QuietAfterFlips { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Answers after which a rewind that is not heeded is dropped.</summary>
    public int UnheededAnswers { get; init; } = 10;

    public LedgerRules Rules { get; init; } = LedgerRules.All;

    public bool Applies(LedgerRules rule) => (Rules & rule) == rule;
}
