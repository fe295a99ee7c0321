using System.Globalization;
using System.Text.Json.Nodes;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Domain.Validation;
using Microsoft.OpenApi;

namespace Ingest.Api.OpenApi;

/// <summary>
/// The envelope as the wire knows it (C§1). Written by hand, since the service reads envelopes token by token and no type has their shape;
/// the bounds are those of <see cref="EnvelopeLimits"/>, and the tests try each of them on the parser.
/// </summary>
internal static class EnvelopeSchemas
{
    public const string Envelope = "Envelope";
    public const string Payload = "Payload";
    public const string DailyRollup = "DailyRollup";
    public const string SessionSummary = "SessionSummary";
    public const string WindowSummary = "WindowSummary";

    public const string DeviceIdPattern = "^[A-Za-z0-9._:-]+$";

    /// <summary>How a text that outgrows its room is kept: a client that cuts by itself would merge rows that differ (C§5 I).</summary>
    private const string Kept = "More than `maxLength` bytes of UTF-8 are not refused: a prefix is kept, followed by `~` and a hash, so that distinct stays distinct.";

    public static void AddTo(OpenApiDocument document)
    {
        document.AddComponent(Envelope, OfEnvelope(document));
        document.AddComponent(Payload, OfPayload(document));
        document.AddComponent(DailyRollup, OfRollup());
        document.AddComponent(SessionSummary, OfSession());
        document.AddComponent(WindowSummary, OfWindow());
    }

    private static OpenApiSchema OfEnvelope(OpenApiDocument document)
    {
        var envelope = Object(
            "What a device sends: all its rows of some days. Unknown fields are ignored at every level; no field may stand twice.",
            ["schema_version", "device_id", "payload"],
            ("schema_version", new OpenApiSchema
            {
                Type = JsonSchemaType.Integer,
                Enum = [.. Enumerable.Range(SchemaVersion.Oldest, SchemaVersion.Newest - SchemaVersion.Oldest + 1).Select(version => (JsonNode)JsonValue.Create(version))],
                Description = "Each version is a superset of the one before, and all are read alike.",
            }),
            ("device_id", new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                MinLength = 1,
                MaxLength = EnvelopeLimits.DeviceId,
                Pattern = DeviceIdPattern,
                Description = "Names the device within the workspace, the same on every day; a UUID as a rule, whose case does not matter. "
                    + "A device the server does not know is registered by its first envelope.",
            }),
            ("workspace_id", Workspace("The workspace of the key, as `GET /v1/whoami` names it.")),
            ("org_id", Workspace("The name of `workspace_id` in daemons up to 8.5.1; read only where `workspace_id` is absent or null.")),
            ("label", new OpenApiSchema
            {
                Type = JsonSchemaType.String | JsonSchemaType.Null,
                MaxLength = EnvelopeLimits.LabelCharacters,
                Description = "The device's name for people. Absent: the stored one stays. Blank or null: cleared. A longer one is cut.",
            }),
            ("synced_at", Timestamp(
                "The device's clock when it sent this envelope. It orders the envelopes of the device, so that an older one never changes what a newer one wrote; "
                + "absent, the time of arrival stands for it.",
                nullable: true)),
            ("payload", new OpenApiSchemaReference(Payload, document)));
        envelope.AllOf = [AnyOf(JsonSchemaType.String, "workspace_id", "org_id")];
        return envelope;
    }

    private static OpenApiSchema OfPayload(OpenApiDocument document) => Object(
        "The rows. For each day it names, an envelope holds all rows the device has of that day.",
        ["daily_rollups", "session_summaries"],
        ("daily_rollups", Rows(DailyRollup, "May be empty.", document)),
        ("session_summaries", Rows(SessionSummary, "May be empty.", document)),
        ("window_summaries", Rows(WindowSummary, "Since schema version 4; may be left out, but not be null.", document)));

    private static OpenApiSchema OfRollup()
    {
        var rollup = Object(
            "What one device used on one UTC day, by role, provider, model, repository, branch and surface: these seven and the device are the row's key. "
            + "Sent again, a row replaces the one stored before.",
            ["bucket_day", "role", "provider", "model", "repo_id", "git_branch", "message_count", "input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens"],
            ("bucket_day", new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Format = "date",
                Pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
                Description = "The UTC day, from 1970-01-01 on.",
            }),
            ("role", Text(EnvelopeLimits.Role, $"`assistant` or `user`. {Kept}")),
            ("provider", Text(EnvelopeLimits.Provider, $"The tool: `claude_code`, `codex`, `cursor`, `copilot_cli`, `copilot_chat`, … {Kept}")),
            ("model", Text(EnvelopeLimits.Model, $"`(untagged)` where it is not known. {Kept}")),
            ("repo_id", Text(EnvelopeLimits.RepoId, $"`host/owner/repository`; `(untagged)` where it is not known. {Kept}")),
            ("git_branch", Text(EnvelopeLimits.GitBranch, $"`(untagged)` where it is not known. {Kept}")),
            ("surface", Surface()),
            ("ticket", Text(EnvelopeLimits.Ticket, $"The ticket that the branch names. {Kept}", nullable: true)),
            ("ticket_source", TicketSource()),
            ("message_count", Messages("Messages of every role.")),
            ("input_tokens", Tokens("Tokens read by the model, without those of its cache.")),
            ("output_tokens", Tokens("Tokens written by the model.")),
            ("cache_creation_tokens", Tokens("Tokens written to the model's cache.")),
            ("cache_read_tokens", Tokens("Tokens read from the model's cache.")),
            ("cost_cents", Cost("The only cost of schema version 1. Read only where `cost_cents_ingested` is absent.")),
            ("cost_cents_ingested", Cost("By the list price at the time of use. Since schema version 2.")),
            ("cost_cents_effective", Cost("What the device shows, a team's own prices included. Absent: the ingested cost.")));
        rollup.AllOf = [AnyOf(JsonSchemaType.Number, "cost_cents_ingested", "cost_cents")];
        return rollup;
    }

    private static OpenApiSchema OfSession() => Object(
        "One session with a tool. Its key is the device and `session_id`. An optional field that is absent keeps what is stored; null clears it. "
        + "Totals of usage come from rollups, never from sessions, which may lag behind.",
        ["session_id", "provider", "message_count", "total_input_tokens", "total_output_tokens", "total_cost_cents"],
        ("session_id", Text(EnvelopeLimits.SessionId, $"The tool's own id of the session. {Kept}")),
        ("provider", Text(EnvelopeLimits.Provider, $"As in a rollup. {Kept}")),
        ("started_at", Timestamp("The first message. Where nothing is known of it, `ended_at` stands for it, else `synced_at`.", nullable: true)),
        ("ended_at", Timestamp("The last message so far; a session that goes on carries it too.", nullable: true)),
        ("duration_ms", Count(EnvelopeLimits.DurationMilliseconds, "Milliseconds.", nullable: true)),
        ("repo_id", Text(EnvelopeLimits.RepoId, $"As in a rollup. {Kept}", nullable: true)),
        ("git_branch", Text(EnvelopeLimits.GitBranch, $"As in a rollup. {Kept}", nullable: true)),
        ("surface", Surface()),
        ("ticket", Text(EnvelopeLimits.Ticket, $"As in a rollup. {Kept}", nullable: true)),
        ("ticket_source", TicketSource()),
        ("message_count", Messages("Messages of the assistant only.")),
        ("total_input_tokens", Tokens("Tokens read by the model, without those of its cache.")),
        ("total_output_tokens", Tokens("Tokens written by the model.")),
        ("total_cost_cents", Cost("The effective cost.")),
        ("primary_model", Text(EnvelopeLimits.Model, $"The model with the most tokens. {Kept}", nullable: true)),
        ("title", new OpenApiSchema
        {
            Type = JsonSchemaType.String | JsonSchemaType.Null,
            MaxLength = EnvelopeLimits.Title,
            Description = "Since schema version 3. More than `maxLength` bytes of UTF-8 are cut.",
        }),
        ("vital_context_drag_state", VitalState()),
        ("vital_context_drag_metric", VitalMetric()),
        ("vital_cache_efficiency_state", VitalState()),
        ("vital_cache_efficiency_metric", VitalMetric()),
        ("vital_thrashing_state", VitalState()),
        ("vital_thrashing_metric", VitalMetric()),
        ("vital_cost_acceleration_state", VitalState()),
        ("vital_cost_acceleration_metric", VitalMetric()),
        ("vital_overall_state", VitalState()));

    private static OpenApiSchema OfWindow() => Object(
        "One rate-limit window of a provider. Its key is the device, the provider and `started_at`.",
        [
            "started_at", "ended_at", "duration_minutes", "message_count", "input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens",
            "cost_cents", "burn_rate_cents_per_minute",
        ],
        ("started_at", Timestamp("When it began.")),
        ("ended_at", Timestamp("When it ends or ended.")),
        ("duration_minutes", Measure(EnvelopeLimits.WindowMinutes, "Minutes.")),
        ("is_active", Flag("Whether it was still open when it was sent.")),
        ("message_count", Messages("Messages within it.")),
        ("input_tokens", Tokens("Tokens read by the model, without those of its cache.")),
        ("output_tokens", Tokens("Tokens written by the model.")),
        ("cache_creation_tokens", Tokens("Tokens written to the model's cache.")),
        ("cache_read_tokens", Tokens("Tokens read from the model's cache.")),
        ("cost_cents", Cost("The cost of what was used within it.")),
        ("burn_rate_cents_per_minute", Measure(EnvelopeLimits.BurnRate, "US cents per minute.")),
        ("hit_rate_limit", Flag("Whether the provider refused requests for it.")),
        ("provider", Text(EnvelopeLimits.Provider, $"As in a rollup; absent, null or blank: `unknown`. {Kept}", nullable: true)),
        ("surface", Surface()));

    private static OpenApiSchema Object(string description, string[] required, params (string Name, IOpenApiSchema Schema)[] fields) => new()
    {
        Type = JsonSchemaType.Object,
        Description = description,
        Required = Names(required),
        Properties = fields.ToDictionary(field => field.Name, field => field.Schema, StringComparer.Ordinal),
    };

    private static OpenApiSchema Rows(string kind, string description, OpenApiDocument document) => new()
    {
        Type = JsonSchemaType.Array,
        Items = new OpenApiSchemaReference(kind, document),
        Description = description + " Of rows with equal keys the last one counts. A row that breaks a rule is quarantined and reported; the others are stored.",
    };

    private static OpenApiSchema Workspace(string description) => new()
    {
        Type = JsonSchemaType.String | JsonSchemaType.Null,
        MinLength = 1,
        MaxLength = WorkspaceId.MaximumLength,
        Description = description,
    };

    private static OpenApiSchema Text(int maximumBytes, string description, bool nullable = false) => new()
    {
        Type = nullable ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String,
        MaxLength = maximumBytes,
        Description = description,
    };

    private static OpenApiSchema Surface() =>
        Text(EnvelopeLimits.Surface, $"Where the tool ran: `vscode`, `cursor`, `jetbrains`, `terminal`. Absent, null or blank: `unknown`. Since schema version 2. {Kept}", nullable: true);

    private static OpenApiSchema TicketSource() => Choice("Where in the branch the ticket was found. Anything else counts as absent.", "branch", "branch_numeric");

    private static OpenApiSchema VitalState() => Choice("Anything else clears it.", [.. VitalStates.All]);

    private static OpenApiSchema Choice(string description, params string[] values) => new()
    {
        Type = JsonSchemaType.String | JsonSchemaType.Null,
        Enum = [.. values.Select(value => (JsonNode)JsonValue.Create(value)), JsonNullSentinel.JsonNull],
        Description = description,
    };

    private static OpenApiSchema VitalMetric() => new()
    {
        Type = JsonSchemaType.Number | JsonSchemaType.Null,
        Description = "The figure behind the state. Anything that is not a finite number clears it.",
    };

    private static OpenApiSchema Messages(string description) => Count(EnvelopeLimits.MessageCount, description);

    private static OpenApiSchema Tokens(string description) => Count(EnvelopeLimits.Tokens, description);

    private static OpenApiSchema Count(long maximum, string description, bool nullable = false) => new()
    {
        Type = nullable ? JsonSchemaType.Integer | JsonSchemaType.Null : JsonSchemaType.Integer,
        Format = "int64",
        Minimum = "0",
        Maximum = maximum.ToString(CultureInfo.InvariantCulture),
        Description = description,
    };

    private static OpenApiSchema Cost(string description) => new()
    {
        Type = JsonSchemaType.Number,
        Minimum = "0",
        Maximum = EnvelopeLimits.CostCents.ToString(CultureInfo.InvariantCulture),
        Description = $"US cents. {description} Stored to 1/10000 cent, half to even; what floats leave just below zero, above -0.01, is zero.",
    };

    private static OpenApiSchema Measure(double maximum, string description) => new()
    {
        Type = JsonSchemaType.Number,
        Minimum = "0",
        Maximum = maximum.ToString(CultureInfo.InvariantCulture),
        Description = description,
    };

    private static OpenApiSchema Flag(string description) => new() { Type = JsonSchemaType.Boolean | JsonSchemaType.Null, Description = description + " Absent or null: false." };

    private static OpenApiSchema Timestamp(string description, bool nullable = false) => new()
    {
        Type = nullable ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String,
        Format = "date-time",
        Description = description + " RFC 3339, up to nanoseconds; kept to microseconds, in UTC.",
    };

    private static HashSet<string> Names(params string[] names) => new(names, StringComparer.Ordinal);

    /// <summary>At least one of the members. Apart from the others: generators of clients take <c>anyOf</c> beside members for an object of another kind.</summary>
    private static OpenApiSchema AnyOf(JsonSchemaType type, params string[] names) => new()
    {
        AnyOf = [.. names.Select(name => new OpenApiSchema { Type = JsonSchemaType.Object, Required = Names(name), Properties = Only(name, new OpenApiSchema { Type = type }) })],
    };

    private static Dictionary<string, IOpenApiSchema> Only(string name, OpenApiSchema schema) => new(StringComparer.Ordinal) { [name] = schema };
}
