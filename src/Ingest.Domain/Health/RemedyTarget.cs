namespace Ingest.Domain.Health;

/// <summary>What the commands of a remedy are about.</summary>
/// <param name="WorkspaceId">The workspace.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="Person">Whose it is; null where that is not known yet.</param>
public sealed record RemedyTarget(string WorkspaceId, string DeviceId, string? Person)
{
    /// <summary>Makes a code for this very device, which keeps its id.</summary>
    public string EnrolThis => $"{EnrolAnother} --device {Quoted(DeviceId)}";

    /// <summary>Makes a code for a device that gets an id of its own.</summary>
    public string EnrolAnother => $"ingest device enroll --workspace {Quoted(WorkspaceId)} --person {Quoted(Person ?? "NAME")}";

    public string Resume => $"ingest device resume {Quoted(DeviceId)} --workspace {Quoted(WorkspaceId)}";

    public string Rewind => $"ingest device rewind {Quoted(DeviceId)} --workspace {Quoted(WorkspaceId)}";

    /// <summary>Puts back what a day held; the version is told by its change.</summary>
    public string Restore(string version) => $"ingest device restore {Quoted(DeviceId)} {version} --workspace {Quoted(WorkspaceId)}";

    /// <summary>As a shell takes it for one word: people are called as they like.</summary>
    private static string Quoted(string text) => IsPlain(text) ? text : $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static bool IsPlain(string text) =>
        text.Length > 0 && text[0] != '-' && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or ':' or '@' or '/' or '-');
}
