using FsCheck;
using FsCheck.Fluent;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;

namespace Ingest.Domain.Tests.Ledger;

public sealed class DayDigestTests
{
    private static readonly DateOnly Day = new(2026, 5, 12);

    private static readonly DailyRollup Row = new()
    {
        Key = new RollupKey(Day, "assistant", "claude_code", "claude-opus-4-6", "github.com/acme/payments", "main", "terminal"),
        Ticket = "PAY-1",
        TicketSource = "branch",
        MessageCount = 1,
        InputTokens = 2,
        OutputTokens = 3,
        CacheCreationTokens = 4,
        CacheReadTokens = 5,
        CostIngested = 6,
        CostEffective = 7,
    };

    public static TheoryData<string, Func<DailyRollup, DailyRollup>> Changes() => new()
    {
        { "role", row => row with { Key = row.Key with { Role = "user" } } },
        { "provider", row => row with { Key = row.Key with { Provider = "codex" } } },
        { "model", row => row with { Key = row.Key with { Model = "" } } },
        { "repo_id", row => row with { Key = row.Key with { RepoId = "github.com/acme/payment" } } },
        { "git_branch", row => row with { Key = row.Key with { GitBranch = "Main" } } },
        { "surface", row => row with { Key = row.Key with { Surface = "unknown" } } },
        { "ticket", row => row with { Ticket = "PAY-2" } },
        { "ticket empty", row => row with { Ticket = "" } },
        { "ticket absent", row => row with { Ticket = null } },
        { "ticket_source", row => row with { TicketSource = "branch_numeric" } },
        { "ticket_source absent", row => row with { TicketSource = null } },
        { "message_count", row => row with { MessageCount = 0 } },
        { "input_tokens", row => row with { InputTokens = 3 } },
        { "output_tokens", row => row with { OutputTokens = 2 } },
        { "cache_creation_tokens", row => row with { CacheCreationTokens = 1L << 32 } },
        { "cache_read_tokens", row => row with { CacheReadTokens = 5 + (1L << 40) } },
        { "cost ingested", row => row with { CostIngested = 7 } },
        { "cost effective", row => row with { CostEffective = 6 } },
        { "ticket and source swapped", row => row with { Ticket = "branch", TicketSource = "PAY-1" } },
        { "moved across a field", row => row with { Key = row.Key with { Role = "assistantc", Provider = "laude_code" } } },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Every_field_matters(string what, Func<DailyRollup, DailyRollup> change)
    {
        DayDigest.Of(Day, [change(Row)]).ShouldNotBe(DayDigest.Of(Day, [Row]), what);
        DayDigest.Of(Day, [change(Row)]).ShouldBe(DayDigest.Of(Day, [change(Row)]), what);
    }

    [Fact]
    public void The_day_and_the_number_of_rows_matter()
    {
        DayDigest.Of(Day.AddDays(1), [Row]).ShouldNotBe(DayDigest.Of(Day, [Row]));
        DayDigest.Of(Day, []).ShouldNotBe(DayDigest.Of(Day, [Row]));
        DayDigest.Of(Day, [Row, Row]).ShouldNotBe(DayDigest.Of(Day, [Row]));
    }

    [Fact]
    public void No_two_lists_of_rows_share_a_digest() =>
        Prop.ForAll(Rows().Two().ToArbitrary(), two =>
            (DayDigest.Of(Day, two.Item1) == DayDigest.Of(Day, two.Item2)) == two.Item1.SequenceEqual(two.Item2))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    [Fact]
    public void The_order_rows_are_sent_in_does_not_matter()
    {
        var random = new Random(20260514);
        var models = Enumerable.Range(0, 40).Select(i => char.ConvertFromUtf32(i % 2 == 0 ? 0xFF00 + i : 0x1F600 + i)).ToArray();
        var expected = Digest();
        for (var run = 0; run < 20; run++)
        {
            random.Shuffle(models);
            Digest().ShouldBe(expected);
        }

        DayDigest Digest()
        {
            var envelope = Parsing.AnEnvelope();
            foreach (var model in models) envelope.Rollup(Day, r => r.Model(model));
            return envelope.Accept().Days.ShouldHaveSingleItem().Digest;
        }
    }

    [Fact]
    public void A_digest_survives_storage()
    {
        var digest = DayDigest.Of(Day, [Row]);
        new DayDigest(digest.ToBytes()).ShouldBe(digest);
        digest.ToString().ShouldBe(Convert.ToHexStringLower(digest.ToBytes()));
        digest.ToString().Length.ShouldBe(64);
        Should.Throw<ArgumentException>(() => new DayDigest(new byte[31]));
    }

    [Fact]
    public void A_day_larger_than_the_first_buffer_is_digested_whole()
    {
        var rows = Enumerable.Range(0, 500).Select(i => Row with { Key = Row.Key with { Model = $"{i:000}{new string('x', 200)}" } }).ToArray();
        var digest = DayDigest.Of(Day, rows);
        rows[499] = rows[499] with { CostEffective = 8 };
        DayDigest.Of(Day, rows).ShouldNotBe(digest);
    }

    [Fact]
    public void Totals_are_the_sums_of_the_rows() =>
        DayTotals.Of([Row, Row with { MessageCount = 10, CostEffective = 100 }]).ShouldBe(new DayTotals(2, 11, 4, 6, 8, 10, 12, 107));

    /// <summary>Of very few values, so that lists that differ in one place only are likely, and equal ones too.</summary>
    private static Gen<DailyRollup[]> Rows()
    {
        var text = Gen.Elements("", "a", "aa", "\u0001");
        var row =
            from role in text
            from provider in text
            from ticket in Gen.Elements(null, "", "a", "ÿ")
            from source in Gen.Elements(null, "a")
            from messages in Gen.Elements(0L, 1L, 0x6100L, 0x0061_0061_0061_0000L)
            select Row with { Key = new RollupKey(Day, role, provider, "", "", "", ""), Ticket = ticket, TicketSource = source, MessageCount = messages };
        return row.ArrayOf(2).Or(row.ArrayOf(1)).Or(row.ArrayOf(3));
    }
}
