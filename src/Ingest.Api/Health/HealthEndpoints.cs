using Ingest.Api.OpenApi;

namespace Ingest.Api.Health;

internal static class HealthEndpoints
{
    public const string Live = "/health/live";
    public const string Ready = "/health/ready";

    public static IServiceCollection AddReadiness(this IServiceCollection services) => services
        .AddSingleton<ServerReadiness>()
        .AddSingleton<IServerReadiness>(provider => provider.GetRequiredService<ServerReadiness>());

    /// <summary>
    /// Live: the process runs; restart it when this fails. Ready: send it requests, or do not. Two questions, since restarting a service
    /// does not bring its database back.
    /// </summary>
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("").WithTags(ApiTags.Health);
        health.MapGet(Live, static (HttpContext context) => Answer(context, new HealthReport { Status = "live" }, ready: true))
            .WithName("live")
            .WithSummary("Whether the process runs")
            .WithDescription("Restart the process when this does not answer. Says nothing about the database.")
            .Means(StatusCodes.Status200OK, "The process runs.", new AnswerExample("live", "Always the same", "answer-live"))
            .Produces<HealthReport>();
        health.MapGet(Ready, static (HttpContext context, IServerReadiness server) =>
            {
                var readiness = server.Current;
                return Answer(context, HealthReport.Of(readiness), readiness is Readiness.Ready);
            })
            .WithName("ready")
            .WithSummary("Whether requests would be answered, and if not, what is missing")
            .WithDescription("Send the instance requests while this answers 200. Restarting it does not bring its database back.")
            .Means(StatusCodes.Status200OK, "Requests would be answered.", new AnswerExample("ready", "Nothing is missing", "answer-ready"))
            .Means(
                StatusCodes.Status503ServiceUnavailable,
                "Requests would be refused; the body says what is missing and which command mends it.",
                new AnswerExample("schema_behind", "The database lacks a migration", "answer-schema-behind"),
                new AnswerExample("database_away", "The database does not answer", "answer-database-away"))
            .Produces<HealthReport>()
            .Produces<HealthReport>(StatusCodes.Status503ServiceUnavailable);
        return routes;
    }

    private static IResult Answer(HttpContext context, HealthReport report, bool ready)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(report, HealthJson.Default.HealthReport, statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
