using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Ingest.Api.Health;

/// <summary>The answer of the health endpoints.</summary>
internal sealed record HealthReport
{
    /// <summary><c>live</c>, <c>ready</c>, or why not: <c>starting</c>, <c>database_away</c>, <c>schema_behind</c>, <c>schema_foreign</c>, <c>stopping</c>.</summary>
    [AllowedValues("live", "ready", "starting", "database_away", "schema_behind", "schema_foreign", "stopping")]
    public required string Status { get; init; }

    /// <summary>What is missing and what to do about it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Detail { get; init; }

    /// <summary>The migrations the database lacks.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? MissingMigrations { get; init; }

    /// <summary>The command to run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Run { get; init; }

    public static HealthReport Of(Readiness readiness) => readiness switch
    {
        Readiness.Ready => new() { Status = "ready" },
        Readiness.Starting => new() { Status = "starting", Detail = "The server is starting." },
        Readiness.Stopping => new() { Status = "stopping", Detail = "The server is shutting down." },
        Readiness.SchemaBehind behind => new()
        {
            Status = "schema_behind",
            Detail = "The database lacks migrations.",
            MissingMigrations = behind.Missing,
            Run = "ingest migrate",
        },
        Readiness.SchemaForeign foreign => new()
        {
            Status = "schema_foreign",
            Detail = $"The database was migrated by another version of Ingest ({string.Join(", ", foreign.Migrations)}). Run that version, or a newer one.",
        },
        _ => new() { Status = "database_away", Detail = "The database does not answer." },
    };
}
