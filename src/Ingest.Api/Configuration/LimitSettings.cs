namespace Ingest.Api.Configuration;

/// <summary>What one client, one body and one workspace may take. 0 is no limit for counts.</summary>
internal sealed record LimitSettings
{
    public required int RequestsPerMinute { get; init; }

    public required int BodyBytes { get; init; }

    public required long BodyBudgetBytes { get; init; }

    public required int DevicesPerWorkspace { get; init; }

    public required int EnvelopesInFlight { get; init; }
}
