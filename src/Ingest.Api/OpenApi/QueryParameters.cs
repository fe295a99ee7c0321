using System.Text.Json.Nodes;
using Ingest.Api.Attempts;
using Ingest.Api.Devices;
using Ingest.Api.Enrolments;
using Ingest.Api.Errors;
using Ingest.Api.Invites;
using Ingest.Api.Queries;
using Ingest.Api.Usage;
using Ingest.Domain.Audit;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Domain.Merging;
using Ingest.Domain.Usage;
using Ingest.Domain.Validation;
using Ingest.Persistence.Keys;
using Microsoft.OpenApi;

namespace Ingest.Api.OpenApi;

/// <summary>Parameters of addresses, each described once. Endpoints read them by themselves, so the generator does not see them.</summary>
internal static class QueryParameters
{
    private const string ExampleDevice = "6513270e-269e-4d37-b2a7-4de452e6b438";

    public static OpenApiParameter DeviceId() => Query("device_id", "The device, as its envelopes name it.", DeviceIdSchema(), ExampleDevice, required: true);

    public static OpenApiParameter OptionalDeviceId() => Query("device_id", "One device only, as its envelopes name it.", DeviceIdSchema(), ExampleDevice);

    public static OpenApiParameter From() => Query("from", "The first UTC day. Absent: from the beginning.", DaySchema(), "2026-05-01");

    public static OpenApiParameter To() => Query("to", "The UTC day before which the range ends; it is not part of it. Absent: to the end.", DaySchema(), "2026-06-01");

    public static OpenApiParameter ActiveFrom() => Query("from", "The first UTC day of their last activity. Absent: from the beginning.", DaySchema(), "2026-05-01");

    public static OpenApiParameter ActiveTo() => Query(
        "to", "The UTC day before which their last activity was; it is not part of the range. Absent: to the end.", DaySchema(), "2026-06-01");

    public static OpenApiParameter BegunFrom() => Query("from", "The first UTC day they began on. Absent: from the beginning.", DaySchema(), "2026-05-01");

    public static OpenApiParameter BegunTo() => Query(
        "to", "The UTC day before which they began; it is not part of the range. Absent: to the end.", DaySchema(), "2026-06-01");

    public static OpenApiParameter SessionId() => Query("session_id", "The session, as the list names it.", TextSchema(), "4f6f2f0e-92f3-4c1b-8f5d-0c1f6f1a7b11", required: true);

    public static OpenApiParameter VitalState() => Query("vital_overall_state", "How they went on the whole.", Choice(VitalStates.All), example: null);

    public static OpenApiParameter HitRateLimit() => Query(
        "hit_rate_limit", "Whether the limit was reached.", new OpenApiSchema { Type = JsonSchemaType.Boolean }, example: null);

    public static OpenApiParameter UsageFrom() =>
        Query("from", $"The first UTC day. Absent: {UsageLimits.DefaultDays} days before `to`.", DaySchema(), "2026-05-01");

    public static OpenApiParameter UsageTo() => Query("to", "The UTC day before which the range ends; it is not part of it. Absent: tomorrow.", DaySchema(), "2026-06-01");

    public static OpenApiParameter UsageBy() => Query(
        "by",
        $"What sums are told apart by: one of them, or {UsageLimits.Dimensions} with a comma between. Absent: day.",
        new OpenApiSchema
        {
            Type = JsonSchemaType.String, Pattern = $"^({string.Join('|', UsageNames.Dimensions.Select(dimension => dimension.Name))})(,({string.Join('|', UsageNames.Dimensions.Select(dimension => dimension.Name))}))?$",
        },
        "model");

    public static OpenApiParameter UsageTop() => Query(
        "top",
        $"How many groups are told one by one, the days of each counted as one; the others are one line together. Absent: {UsageLimits.DefaultTop}. Days alone are always all told.",
        new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = $"{UsageLimits.MostTop}" },
        example: null);

    public static OpenApiParameter UsageSort() => Query(
        "sort", "What is largest comes first; `tokens` are all kinds of them together. Absent: cost_cents_effective.", Choice(UsageNames.Measures.Select(measure => measure.Name)), example: null);

    public static OpenApiParameter UsageCompare() => Query("compare", "Sums of the as many days before, too.", Choice(UsageQuery.Comparisons), example: null);

    public static OpenApiParameter UsageFormat() => Query("format", "`csv` for a table, as `Accept: text/csv` does. Absent: json.", Choice(UsageCsv.Formats), example: null);

    public static OpenApiParameter UsageDevices() => Repeated("device_id", "These devices only, each with all ids it had before.", DeviceIdSchema());

    public static OpenApiParameter UsageMembers() => Repeated("user_id", "Devices of these members only.", UuidSchema());

    public static OpenApiParameter UsageProviders() => Repeated("provider", "These providers only.", new OpenApiSchema { Type = JsonSchemaType.String });

    public static OpenApiParameter UsageModels() => Repeated("model", "These models only.", new OpenApiSchema { Type = JsonSchemaType.String });

    public static OpenApiParameter UsageRepos() => Repeated("repo_id", "These repositories only.", new OpenApiSchema { Type = JsonSchemaType.String });

    public static OpenApiParameter UsageBranches() => Repeated("git_branch", "These branches only.", new OpenApiSchema { Type = JsonSchemaType.String });

    public static OpenApiParameter UsageTickets() => Repeated("ticket", "These tickets only; empty is none.", new OpenApiSchema { Type = JsonSchemaType.String });

    public static OpenApiParameter UsageSurfaces() => Repeated("surface", "These surfaces only.", new OpenApiSchema { Type = JsonSchemaType.String });

    public static OpenApiParameter UsageRoles() => Repeated("role", "Messages of these roles only.", new OpenApiSchema { Type = JsonSchemaType.String });

    public static OpenApiParameter FromInstant() => Query(
        "from", "An RFC 3339 instant: none that came for the last time before it.", InstantSchema(), "2026-05-14T00:00:00Z");

    public static OpenApiParameter ToInstant() => Query(
        "to", "An RFC 3339 instant: none that came for the first time at it or later.", InstantSchema(), "2026-05-15T00:00:00Z");

    public static OpenApiParameter Outcome() => Query(
        "outcome", "How it ended; `changed`: accepted, and something was written.", Choice(AttemptEndpoints.Outcomes.Select(outcome => outcome.Name)), example: null);

    public static OpenApiParameter ProblemCodes() => Query("code", "The error code.", Choice(ProblemCode.All.Select(code => code.Code)), example: null);

    public static OpenApiParameter IssueCode() => Query("code", "Which rule was broken.", Choice(IssueCodes.All.Select(issue => issue.Code)), example: null);

    public static OpenApiParameter Kind() => Query("kind", "Which array of the payload it stood in.", Choice(RowKinds.WireNames), example: null);

    public static OpenApiParameter EnrolmentState() => Query("state", "What has become of the code.", Choice(EnrolmentEndpoints.States.Select(state => state.Name)), example: null);

    public static OpenApiParameter InviteState() => Query("state", "What has become of the invite.", Choice(InviteEndpoints.States.Select(state => state.Name)), example: null);

    public static OpenApiParameter AuditAction() => Query("action", "What was done.", Choice(AuditActions.All), example: null);

    public static OpenApiParameter SubjectKind() => Query("subject_kind", "To what kind of thing it was done.", Choice(AuditSubject.Kinds), example: null);

    public static OpenApiParameter ActorUserId() => Query(
        "user_id", "By whom it was done.", UuidSchema(), example: null);

    public static OpenApiParameter DoneFrom() => Query("from", "An RFC 3339 instant: done at it or later.", InstantSchema(), "2026-05-14T00:00:00Z");

    public static OpenApiParameter DoneTo() => Query("to", "An RFC 3339 instant: done before it.", InstantSchema(), "2026-05-15T00:00:00Z");

    public static OpenApiParameter BucketDay() => Query("bucket_day", "The UTC day.", DaySchema(), "2026-05-12", required: true);

    public static OpenApiParameter Cursor() => Query(
        "cursor",
        "`next_cursor` of the page before, with the other parameters as they were; `limit` may differ. Absent: the first page.",
        new OpenApiSchema { Type = JsonSchemaType.String },
        example: null);

    public static OpenApiParameter Limit() => Query(
        "limit",
        $"Entries of one page; absent: {PageLimits.Default}.",
        new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = $"{PageLimits.Most}" },
        example: null);

    public static OpenApiParameter EnrolmentId() => Path("enrolment_id", "As the list names it.", UuidSchema());

    public static OpenApiParameter InviteId() => Path("invite_id", "As the list names it.", UuidSchema());

    public static OpenApiParameter VersionId() => Path("version_id", "Of the change, as the list names it.", UuidSchema());

    public static OpenApiParameter UserPath() => Path("user_id", "The member, as the list names them.", UuidSchema());

    public static OpenApiParameter KeyPath() => Path("key_id", "The key, as the list names it.", UuidSchema());

    public static OpenApiParameter KeyUserId() => Query("user_id", "Those of one member.", UuidSchema(), example: null);

    public static OpenApiParameter KeyState() => Query("state", "Whether they are of use.", Choice(KeyStateNames.All), example: null);

    public static OpenApiParameter OwnerUserId() => Query("owner_user_id", "Those of one member.", UuidSchema(), example: null);

    public static OpenApiParameter Standing() => Query("standing", "Whether their envelopes are taken.", Choice(DeviceWords.Standings), example: null);

    public static OpenApiParameter HealthState() => Query("state", "How their sync is doing.", Choice(DeviceWords.States), example: null);

    public static OpenApiParameter DevicePath() => Path("device_id", "The device, as its envelopes name it.", DeviceIdSchema());

    public static OpenApiParameter OtherDevicePath() => Path("other_device_id", "The other device, as its envelopes name it.", DeviceIdSchema());

    public static OpenApiParameter Into() => Query("into", "The id that the device has now.", DeviceIdSchema(), "0f8a4d52-7c1e-4b7a-9d7e-3a1c5b2e9f10", required: true);

    public static OpenApiParameter MergeAs() => Query(
        "as",
        "What becomes of the former id. `continue`: both are one device, and a day that both hold counts once, from the newer snapshot. `supersede`: nothing under it counts.",
        Choice(MergeKinds.Names),
        example: null,
        required: true);

    /// <summary>Of an update: what it was made on.</summary>
    public static OpenApiParameter IfMatch() => IfMatch(required: false, "The `ETag` of the state that the change was made on: refused where it was changed meanwhile. Absent: any.");

    /// <summary>Of what cannot be taken back.</summary>
    public static OpenApiParameter RequiredIfMatch() => IfMatch(required: true, "The `ETag` of the preview: refused where it would show something else by now.");

    public static OpenApiParameter IfNoneMatch() => new()
    {
        Name = "If-None-Match",
        In = ParameterLocation.Header,
        Description = "The `ETag` of an answer the client has: answered 304 where nothing differs.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static OpenApiParameter Query(string name, string description, OpenApiSchema schema, string? example, bool required = false) => new()
    {
        Name = name,
        In = ParameterLocation.Query,
        Required = required,
        Description = description,
        Schema = schema,
        Example = example,
    };

    /// <summary>May be given again and again: any of the values.</summary>
    private static OpenApiParameter Repeated(string name, string description, OpenApiSchema schema) => new()
    {
        Name = name,
        In = ParameterLocation.Query,
        Description = description,
        Explode = true,
        Style = ParameterStyle.Form,
        Schema = new OpenApiSchema { Type = JsonSchemaType.Array, Items = schema, MaxItems = UsageLimits.FilterValues },
    };

    private static OpenApiParameter Path(string name, string description, OpenApiSchema schema) => new()
    {
        Name = name,
        In = ParameterLocation.Path,
        Required = true,
        Description = description,
        Schema = schema,
    };

    private static OpenApiParameter IfMatch(bool required, string description) => new()
    {
        Name = "If-Match",
        In = ParameterLocation.Header,
        Required = required,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static OpenApiSchema TextSchema() => new() { Type = JsonSchemaType.String, MinLength = 1 };

    private static OpenApiSchema UuidSchema() => new() { Type = JsonSchemaType.String, Format = "uuid" };

    private static OpenApiSchema DeviceIdSchema() => new()
    {
        Type = JsonSchemaType.String,
        MinLength = 1,
        MaxLength = Domain.Identity.DeviceId.MaximumLength,
        Pattern = EnvelopeSchemas.DeviceIdPattern,
    };

    private static OpenApiSchema Choice(IEnumerable<string> values) => new()
    {
        Type = JsonSchemaType.String,
        Enum = [.. values.Select(value => (JsonNode)JsonValue.Create(value))],
    };

    private static OpenApiSchema InstantSchema() => new() { Type = JsonSchemaType.String, Format = "date-time" };

    private static OpenApiSchema DaySchema() => new() { Type = JsonSchemaType.String, Format = "date" };
}
