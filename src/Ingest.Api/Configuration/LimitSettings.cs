namespace Ingest.Api.Configuration;

/// <summary>What one client, one address, one body and one workspace may take. 0 is no limit for counts.</summary>
internal sealed record LimitSettings
{
    public required int RequestsPerMinute { get; init; }

    /// <summary>Of the envelopes of one key.</summary>
    public required int RowsPerMinute { get; init; }

    /// <summary>Keys that do not exist, from one address.</summary>
    public required int FailedAuthenticationsPerMinute { get; init; }

    /// <summary>Connections at once, idle ones too.</summary>
    public required int Connections { get; init; }

    public required int BodyBytes { get; init; }

    public required long BodyBudgetBytes { get; init; }

    public required int DevicesPerWorkspace { get; init; }

    public required int EnvelopesInFlight { get; init; }
}
