namespace Ingest.Api.Health;

/// <summary>What this instance knows about its own readiness. Asking costs nothing: requests ask, a background loop finds out.</summary>
internal interface IServerReadiness
{
    Readiness Current { get; }
}
