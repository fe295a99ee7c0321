namespace Ingest.Api.Configuration;

/// <summary>A workspace and its key, created at start when they do not exist.</summary>
internal sealed record BootstrapSettings(string WorkspaceId, string ApiKey)
{
    /// <summary>Without the key: a record prints what it holds, and this one might meet a log.</summary>
    public override string ToString() => $"{nameof(BootstrapSettings)} {{ {nameof(WorkspaceId)} = {WorkspaceId} }}";
}
