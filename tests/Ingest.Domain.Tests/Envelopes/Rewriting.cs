using System.Globalization;
using System.Text.Json;
using Ingest.Domain.Envelopes;
using Ingest.Testing.Envelopes;

namespace Ingest.Domain.Tests.Envelopes;

/// <summary>An accepted envelope written back as JSON from its normalised values, and the comparison of two of them.</summary>
internal static class Rewriting
{
    public static EnvelopeBuilder Rewrite(this Envelope envelope)
    {
        var builder = EnvelopeBuilder.For(envelope.WorkspaceId).Device(envelope.DeviceId);
        foreach (var day in envelope.Days)
        {
            foreach (var row in day.Rows.ToArray())
            {
                builder.Rollup(day.Day, r =>
                {
                    r.Role(row.Key.Role).Provider(row.Key.Provider).Model(row.Key.Model).Repo(row.Key.RepoId).Branch(row.Key.GitBranch).Surface(row.Key.Surface)
                        .Messages(row.MessageCount).Tokens(row.InputTokens, row.OutputTokens, row.CacheCreationTokens, row.CacheReadTokens)
                        .Cost(Money.ToCents(row.CostEffective), Money.ToCents(row.CostIngested));
                    if (row.Ticket is not null) r.Raw("ticket", Json(row.Ticket));
                    if (row.TicketSource is not null) r.Raw("ticket_source", Json(row.TicketSource));
                });
            }
        }

        foreach (var row in envelope.Sessions)
        {
            builder.Session(row.SessionId, s =>
            {
                s.Provider(row.Provider).Messages(row.MessageCount).Tokens(row.TotalInputTokens, row.TotalOutputTokens).Cost(Money.ToCents(row.TotalCost));
                Put("started_at", row.StartedAt);
                Put("ended_at", row.EndedAt);
                Put("duration_ms", row.DurationMs);
                Put("repo_id", row.RepoId);
                Put("git_branch", row.GitBranch);
                Put("surface", row.Surface);
                Put("ticket", row.Ticket);
                Put("ticket_source", row.TicketSource);
                Put("primary_model", row.PrimaryModel);
                Put("title", row.Title);
                Put("vital_context_drag_state", row.ContextDragState);
                Put("vital_context_drag_metric", row.ContextDragMetric);
                Put("vital_cache_efficiency_state", row.CacheEfficiencyState);
                Put("vital_cache_efficiency_metric", row.CacheEfficiencyMetric);
                Put("vital_thrashing_state", row.ThrashingState);
                Put("vital_thrashing_metric", row.ThrashingMetric);
                Put("vital_cost_acceleration_state", row.CostAccelerationState);
                Put("vital_cost_acceleration_metric", row.CostAccelerationMetric);
                Put("vital_overall_state", row.OverallState);

                void Put<T>(string name, Sent<T> field)
                {
                    if (field.IsPresent) s.Raw(name, Json(field.Value));
                    else s.Without(name);
                }
            });
        }

        foreach (var row in envelope.Windows)
        {
            builder.Window(row.Key.StartedAt, w => w
                .EndedAt(row.EndedAt).Raw("duration_minutes", Json(row.DurationMinutes)).Active(row.IsActive).HitRateLimit(row.HitRateLimit).Messages(row.MessageCount)
                .Tokens(row.InputTokens, row.OutputTokens, row.CacheCreationTokens, row.CacheReadTokens).Cost(Money.ToCents(row.Cost))
                .Raw("burn_rate_cents_per_minute", Json(row.BurnRateCentsPerMinute)).Provider(row.Key.Provider).Surface(row.Surface));
        }

        builder.Version(envelope.SchemaVersion);
        if (envelope.Label.IsPresent) builder.Label(envelope.Label.Value);
        else builder.Without("label");
        return envelope.SyncedAt is { } at ? builder.SyncedAt(at) : builder.Without("synced_at");
    }

    public static void ShouldTellTheSameAs(this Envelope envelope, Envelope other, string why)
    {
        envelope.SchemaVersion.ShouldBe(other.SchemaVersion, why);
        envelope.DeviceId.ShouldBe(other.DeviceId, why);
        envelope.WorkspaceId.ShouldBe(other.WorkspaceId, why);
        envelope.Label.ShouldBe(other.Label, why);
        envelope.SyncedAt.ShouldBe(other.SyncedAt, why);
        envelope.Days.Select(day => (day.Day, day.Digest, day.Totals)).ShouldBe(other.Days.Select(day => (day.Day, day.Digest, day.Totals)), why);
        envelope.Days.SelectMany(day => day.Rows.ToArray()).ShouldBe(other.Days.SelectMany(day => day.Rows.ToArray()), why);
        envelope.Sessions.ShouldBe(other.Sessions, why);
        envelope.Windows.ShouldBe(other.Windows, why);
    }

    private static string Json<T>(T value) => value switch
    {
        null => "null",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        _ => JsonSerializer.Serialize(value),
    };
}
