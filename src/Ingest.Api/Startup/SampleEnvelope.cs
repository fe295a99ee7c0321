using Ingest.Domain.Envelopes;

namespace Ingest.Api.Startup;

/// <summary>The smallest envelope that shows something: one rollup of yesterday, on one line for a shell.</summary>
internal static class SampleEnvelope
{
    public const string DeviceId = "try-it";

    public static string Write(string workspaceId, DateTimeOffset now) =>
        $$$"""
        {"schema_version":2,"device_id":"{{{DeviceId}}}","workspace_id":"{{{workspaceId}}}","label":"try it","synced_at":"{{{now.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}}}","payload":{"daily_rollups":[{"bucket_day":"{{{Day.ToText(Day.Of(now).AddDays(-1))}}}","role":"assistant","provider":"claude_code","model":"claude-sonnet-4-5","repo_id":"github.com/acme/storefront","git_branch":"main","surface":"terminal","message_count":3,"input_tokens":1200,"output_tokens":340,"cache_creation_tokens":0,"cache_read_tokens":0,"cost_cents_ingested":1.25,"cost_cents_effective":1.25}],"session_summaries":[]}}
        """;
}
