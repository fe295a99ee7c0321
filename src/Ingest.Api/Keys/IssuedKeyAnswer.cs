using System.Diagnostics.CodeAnalysis;
using Ingest.Persistence.Keys;

namespace Ingest.Api.Keys;

/// <summary>A new key: the only time that it is shown.</summary>
internal record IssuedKeyAnswer : KeyAnswer
{
    [SetsRequiredMembers]
    public IssuedKeyAnswer(CreatedKey key)
        : base(key) => Key = key.Key;

    /// <summary>The key itself. It is stored only as a hash and cannot be shown again.</summary>
    public string Key { get; }
}
