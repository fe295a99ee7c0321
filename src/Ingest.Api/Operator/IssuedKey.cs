using System.Text.Json.Serialization;
using Ingest.Domain.Identity;

namespace Ingest.Api.Operator;

/// <summary>The answer of <c>key create</c>: the only place a key is ever shown.</summary>
internal sealed record IssuedKey(
    string WorkspaceId,
    Guid KeyId,
    string Key,
    string Prefix,
    string UserName,
    UserRole Role,
    DateTimeOffset CreatedAt,
    Completeness CompleteBy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? CloudToml);
