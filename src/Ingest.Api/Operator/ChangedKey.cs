using System.Diagnostics.CodeAnalysis;
using Ingest.Api.Keys;
using Ingest.Persistence.Keys;

namespace Ingest.Api.Operator;

/// <summary>The answer of <c>key set</c>.</summary>
internal sealed record ChangedKey : KeyAnswer
{
    [SetsRequiredMembers]
    public ChangedKey(KeyChange change)
        : base(change.Key) => Changed = change.Changed;

    /// <summary>False where it was so before.</summary>
    public bool Changed { get; }
}
