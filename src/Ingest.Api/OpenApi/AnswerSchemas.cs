using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Ingest.Api.Attempts;
using Ingest.Api.Audit;
using Ingest.Api.Errors;
using Ingest.Api.Invites;
using Ingest.Api.Quarantine;
using Ingest.Api.Reconciliation;
using Ingest.Api.Status;
using Ingest.Domain.Audit;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Domain.Validation;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Ingest.Api.OpenApi;

/// <summary>What the generator cannot see in the types of answers: closed lists, the form of days, and which members are always there.</summary>
internal sealed partial class AnswerSchemas : IOpenApiSchemaTransformer
{
    private static readonly Dictionary<Type, string> Names = new()
    {
        [typeof(ProblemDocument)] = "Problem",
        [typeof(Issue)] = "RejectedRow",
    };

    /// <summary>The types whose <c>code</c> is that of a broken rule.</summary>
    private static readonly Type[] IssueCoded = [typeof(Issue), typeof(ProblemError), typeof(QuarantinedRowAnswer)];

    public static string? NameOf(JsonTypeInfo type) => Names.GetValueOrDefault(type.Type) ?? OpenApiOptions.CreateDefaultSchemaReferenceId(type);

    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        // The documents behind the code are cited in comments; who reads the API does not have them.
        schema.Description = schema.Description is { } text ? Citation().Replace(text, "") : null;
        var type = context.JsonTypeInfo;
        if (type.Kind == JsonTypeInfoKind.Object && schema.Properties is not null) Close(schema, type);
        if (Nullable.GetUnderlyingType(type.Type) is var underlying && (underlying ?? type.Type) == typeof(DateOnly)) schema.Pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
        if ((underlying ?? type.Type).IsEnum && schema.Type is null) schema.Type = JsonSchemaType.String;
        // Cents are exact; a reader that takes them for floats may, but the document does not ask for it.
        if ((underlying ?? type.Type) == typeof(decimal)) schema.Format = null;
        if (type.Type == typeof(RawRow)) schema.AdditionalProperties = new OpenApiSchema();
        if (type.Type == typeof(JsonObject)) (schema.AdditionalProperties, schema.Description) = (new OpenApiSchema { AdditionalProperties = new OpenApiSchema() }, "Members that depend on what was done.");
        if (context.JsonPropertyInfo is { } property) Choose(schema, property);
        return Task.CompletedTask;
    }

    /// <summary>An answer has each of its members, null or not, except those that are left out when null: these are never null.</summary>
    private static void Close(OpenApiSchema schema, JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (!schema.Properties!.TryGetValue(property.Name, out var member)) continue;
            schema.Required ??= new HashSet<string>(StringComparer.Ordinal);
            var isLeftOut = IsLeftOutWhenNull(property);
            if (!isLeftOut) schema.Required.Add(property.Name);
            // The generator goes by what may be put into a member: one that is worked out takes nothing, and would count as null.
            if ((isLeftOut || !property.IsGetNullable) && member is OpenApiSchema { Type: { } kind } own) own.Type = kind & ~JsonSchemaType.Null;
        }
    }

    private static bool IsLeftOutWhenNull(JsonPropertyInfo property) =>
        property.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: false) is [JsonIgnoreAttribute { Condition: JsonIgnoreCondition.WhenWritingNull }];

    private static void Choose(OpenApiSchema schema, JsonPropertyInfo property)
    {
        if (property.AttributeProvider?.GetCustomAttributes(typeof(AllowedValuesAttribute), inherit: false) is [AllowedValuesAttribute allowed])
            schema.Enum = [.. Values(allowed.Values.OfType<string>()), .. allowed.Values.Contains(null) ? [JsonNullSentinel.JsonNull] : Array.Empty<JsonNode>()];
        else if (property.DeclaringType == typeof(ProblemDocument) && property.Name == "code")
            schema.Enum = Values(ProblemCode.All.Select(code => code.Code));
        else if ((property.DeclaringType == typeof(AttemptAnswer) || property.DeclaringType == typeof(SyncAttemptAnswer)) && property.Name == "code")
            schema.Enum = [.. Values(ProblemCode.All.Select(code => code.Code)), JsonNullSentinel.JsonNull];
        else if ((property.DeclaringType == typeof(PendingRewindAnswer) || property.DeclaringType == typeof(PastRewindAnswer)) && property.Name == "reason")
            schema.Enum = Values(Enum.GetValues<RewindReason>().Select(reason => reason.WireName()));
        else if (property.DeclaringType == typeof(ReplayedRowAnswer) && property.Name == "code")
            schema.Enum = [.. Values(IssueCodes.All.Select(issue => issue.Code)), JsonNullSentinel.JsonNull];
        else if (IssueCoded.Contains(property.DeclaringType) && property.Name == "code")
            schema.Enum = Values(IssueCodes.All.Select(issue => issue.Code));
        else if (property.DeclaringType == typeof(AuditEntryAnswer) && property.Name == "action")
            schema.Enum = Values(AuditActions.All);
        else if (property.DeclaringType == typeof(AuditSubjectAnswer) && property.Name == "kind")
            schema.Enum = Values(AuditSubject.Kinds);
        else if ((property.DeclaringType == typeof(InviteAnswer) || property.DeclaringType == typeof(AcceptedAnswer)) && property.Name == "role")
            schema.Enum = Values(UserRoles.Names);
        else if (property.DeclaringType == typeof(QuarantinedRowAnswer) && property.Name == "kind")
            schema.Enum = Values(RowKinds.WireNames);
    }

    private static List<JsonNode> Values(IEnumerable<string> values) => [.. values.Select(value => (JsonNode)JsonValue.Create(value))];

    [GeneratedRegex(@" \(C§[^)]*\)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex Citation();
}
