namespace Ingest.Api.OpenApi;

/// <summary>The chapters of the document.</summary>
internal static class ApiTags
{
    public const string Sync = "Sync";
    public const string Reconciliation = "Reconciliation";
    public const string Usage = "Usage";
    public const string Devices = "Devices";
    public const string Workspace = "Workspace";
    public const string Members = "Members";
    public const string Keys = "Keys";
    public const string Health = "Health";
}
