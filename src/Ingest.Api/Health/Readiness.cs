namespace Ingest.Api.Health;

/// <summary>Whether this instance can do its work, and if not, why.</summary>
internal abstract record Readiness
{
    private Readiness()
    {
    }

    /// <summary>Nothing is known yet.</summary>
    public sealed record Starting : Readiness;

    /// <summary>The database was asked and did not answer.</summary>
    public sealed record DatabaseAway : Readiness;

    /// <summary>The database answers, but lacks these migrations.</summary>
    public sealed record SchemaBehind(IReadOnlyList<string> Missing) : Readiness;

    public sealed record Ready : Readiness;

    /// <summary>The service has been told to stop; final.</summary>
    public sealed record Stopping : Readiness;
}
