using Ingest.Persistence.Migrations;

namespace Ingest.Api.Health;

/// <summary>Whether this instance can do its work, and if not, why.</summary>
internal abstract record Readiness
{
    private Readiness()
    {
    }

    /// <summary>What a look at the schema means for requests.</summary>
    public static Readiness Of(SchemaState schema) => schema.Status switch
    {
        SchemaStatus.Current => new Ready(),
        SchemaStatus.Ahead or SchemaStatus.Altered => new SchemaForeign(schema.Migrations),
        _ => new SchemaBehind(schema.Migrations),
    };

    /// <summary>Nothing is known yet.</summary>
    public sealed record Starting : Readiness;

    /// <summary>
    /// The database was asked and did not answer. An instance that was ready before still tries for each request: a look-up that
    /// succeeds can be believed, while before the first preparation a configured key may be missing.
    /// </summary>
    public sealed record DatabaseAway(bool WasReady) : Readiness;

    /// <summary>The database answers, but lacks these migrations.</summary>
    public sealed record SchemaBehind(IReadOnlyList<string> Missing) : Readiness;

    /// <summary>The database was migrated by another version: by a newer one, or with other texts than this one's.</summary>
    public sealed record SchemaForeign(IReadOnlyList<string> Migrations) : Readiness;

    public sealed record Ready : Readiness;

    /// <summary>The service has been told to stop; final.</summary>
    public sealed record Stopping : Readiness;
}
