namespace Ingest.Persistence.Keys;

/// <summary>A new key. <see cref="Key"/> is its full text, which exists only here: it is not stored and cannot be shown again.</summary>
public sealed record CreatedKey : ListedKey
{
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    internal CreatedKey(ListedKey listed, string key)
        : base(listed) => Key = key;

    public string Key { get; }

    // The generated text of a record would put the secret into any log line that names it.
    public override string ToString() => $"{Prefix}… of {UserName} in {WorkspaceId}";
}
