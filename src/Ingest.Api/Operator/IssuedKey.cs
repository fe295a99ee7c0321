using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Ingest.Api.Keys;
using Ingest.Domain.Identity;
using Ingest.Persistence.Keys;

namespace Ingest.Api.Operator;

/// <summary>The answer of <c>key create</c>: the only place a key is ever shown.</summary>
internal sealed record IssuedKey : IssuedKeyAnswer
{
    [SetsRequiredMembers]
    public IssuedKey(CreatedKey key, string? publicUrl)
        : base(key) =>
        CloudToml = publicUrl is null || !key.Scopes.HasFlag(KeyScopes.Ingest)
            ? null
            : Enrolments.CloudToml.Write(publicUrl, key.WorkspaceId, key.Key, key.DeviceId ?? Guid.NewGuid().ToString());

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CloudToml { get; }
}
