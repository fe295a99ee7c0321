using System.Diagnostics.CodeAnalysis;
using Ingest.Api.Keys;
using Ingest.Persistence.Keys;

namespace Ingest.Api.Operator;

/// <summary>The answer of <c>key revoke</c>.</summary>
internal sealed record RevokedKey : KeyAnswer
{
    [SetsRequiredMembers]
    public RevokedKey(KeyChange change)
        : base(change.Key) => AlreadyRevoked = !change.Changed;

    /// <summary>It was so before, and nothing changed.</summary>
    public bool AlreadyRevoked { get; }
}
