using Ingest.Testing;
using System.Text.Json;
using Ingest.Domain.Envelopes;
using Ingest.Testing.Envelopes;

namespace Ingest.Domain.Tests.Envelopes;

public sealed class SampleTests
{
    [Fact]
    public void Envelopes_of_every_era_are_accepted_whole()
    {
        var samples = Repository.Samples();
        if (samples.Count == 0) Assert.Skip("There is no folder of samples beside the repository.");
        foreach (var sample in samples)
        {
            var body = File.ReadAllBytes(sample);
            using var json = JsonDocument.Parse(body);
            var payload = json.RootElement.GetProperty("payload");
            var envelope = Parsing.Accept(body);
            envelope.Rejected.ShouldBeEmpty(sample);
            envelope.WorkspaceId.ShouldBe("ws_local");
            envelope.RollupCount.ShouldBe(payload.GetProperty("daily_rollups").GetArrayLength());
            envelope.Sessions.Count.ShouldBe(payload.GetProperty("session_summaries").GetArrayLength());
            if (payload.TryGetProperty("window_summaries", out var windows)) envelope.Windows.Count.ShouldBe(windows.GetArrayLength());
            Parsing.Accept(envelope.Rewrite().ToBytes()).ShouldTellTheSameAs(envelope, sample);

            var rows = envelope.Days.SelectMany(day => day.Rows.ToArray()).ToLookup(row => (row.Key.BucketDay, row.Key.Role, row.Key.Provider, row.Key.Model, row.Key.RepoId, row.Key.GitBranch, row.Key.Surface));
            foreach (var sent in payload.GetProperty("daily_rollups").EnumerateArray())
            {
                string? Text(string name) => sent.TryGetProperty(name, out var value) ? value.GetString() : null;
                var row = rows[(DateOnly.Parse(Text("bucket_day")!), Text("role")!, Text("provider")!, Text("model")!, Text("repo_id")!, Text("git_branch")!, Text("surface") ?? "unknown")].ShouldHaveSingleItem();
                row.Ticket.ShouldBe(Text("ticket"));
                row.TicketSource.ShouldBe(Text("ticket_source"));
                row.MessageCount.ShouldBe(sent.GetProperty("message_count").GetInt64());
                row.InputTokens.ShouldBe(sent.GetProperty("input_tokens").GetInt64());
                row.OutputTokens.ShouldBe(sent.GetProperty("output_tokens").GetInt64());
                row.CacheCreationTokens.ShouldBe(sent.GetProperty("cache_creation_tokens").GetInt64());
                row.CacheReadTokens.ShouldBe(sent.GetProperty("cache_read_tokens").GetInt64());
                var cost = sent.TryGetProperty("cost_cents_ingested", out var ingested) ? ingested : sent.GetProperty("cost_cents");
                Money.ToCents(row.CostIngested).ShouldBe(Math.Round(cost.GetDecimal(), 4, MidpointRounding.ToEven));
                Money.ToCents(row.CostEffective).ShouldBe(Math.Round((sent.TryGetProperty("cost_cents_effective", out var effective) ? effective : cost).GetDecimal(), 4, MidpointRounding.ToEven));
            }
        }
    }

    [Fact]
    public void An_envelope_of_version_1_is_read_field_by_field()
    {
        var envelope = Parsing.AnEnvelope().Version(1).AsOrganisation().Rollup(Parsing.Day, r => r.CostOfVersion1(359.067525m).Ticket("PAY-1284")).Accept();
        envelope.SchemaVersion.ShouldBe(1);
        envelope.WorkspaceId.ShouldBe(Parsing.Workspace);
        envelope.OnlyRollup().ShouldBe(new DailyRollup
        {
            Key = new RollupKey(Parsing.Day, "assistant", "claude_code", "claude-sonnet-4-5-20250929", "github.com/acme/storefront", "main", "unknown"),
            Ticket = "PAY-1284",
            TicketSource = "branch",
            MessageCount = 10,
            InputTokens = 1_000,
            OutputTokens = 200,
            CacheCreationTokens = 50,
            CacheReadTokens = 4_000,
            CostIngested = 3_590_675,
            CostEffective = 3_590_675,
        });
    }

    [Fact]
    public void A_session_with_title_and_vitals_is_read_field_by_field()
    {
        var at = EnvelopeBuilder.DefaultSyncedAt;
        var session = Parsing.AnEnvelope().Version(3).Session("s", s => s.StartedAt(at.AddHours(-2)).EndedAt(at).Repo("r").Branch("b").Surface("vscode").Ticket("4821", "branch_numeric")
            .PrimaryModel("m").Title("storefront-checkout").Vital("context_drag", "green", 0.25m).Vital("cache_efficiency", "yellow", 12m).Vital("thrashing", "red", -1m)
            .Vital("cost_acceleration", "green", 0m).Vital("overall", "yellow")).Accept().Sessions.ShouldHaveSingleItem();
        session.ShouldBe(new SessionSummary
        {
            SessionId = "s",
            Provider = "claude_code",
            StartedAt = new(at.AddHours(-2)),
            EndedAt = new(at),
            RepoId = new("r"),
            GitBranch = new("b"),
            Surface = new("vscode"),
            Ticket = new("4821"),
            TicketSource = new("branch_numeric"),
            MessageCount = 8,
            TotalInputTokens = 900,
            TotalOutputTokens = 100,
            TotalCost = 72_500,
            PrimaryModel = new("m"),
            Title = new("storefront-checkout"),
            ContextDragState = new("green"),
            ContextDragMetric = new(0.25),
            CacheEfficiencyState = new("yellow"),
            CacheEfficiencyMetric = new(12),
            ThrashingState = new("red"),
            ThrashingMetric = new(-1),
            CostAccelerationState = new("green"),
            CostAccelerationMetric = new(0),
            OverallState = new("yellow"),
        });
    }

    [Fact]
    public void A_window_of_version_4_is_read_field_by_field()
    {
        var at = EnvelopeBuilder.DefaultSyncedAt;
        var envelope = Parsing.AnEnvelope().Window(at, w => w.Active(true).HitRateLimit(true)).Accept();
        envelope.SchemaVersion.ShouldBe(4);
        envelope.Windows.ShouldHaveSingleItem().ShouldBe(new WindowSummary
        {
            Key = new WindowKey("claude_code", at),
            EndedAt = at.AddHours(5),
            DurationMinutes = 300,
            IsActive = true,
            HitRateLimit = true,
            MessageCount = 20,
            InputTokens = 5_000,
            OutputTokens = 800,
            CacheCreationTokens = 70,
            CacheReadTokens = 9_000,
            Cost = 915_000,
            BurnRateCentsPerMinute = 0.305,
            Surface = "terminal",
        });
    }
}
