using Ingest.Api.Errors;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Envelopes;

internal static class EnvelopeEndpoints
{
    /// <summary>RFC 7240: a client that wants all rows stored or none.</summary>
    private const string StrictHandling = "handling=strict";

    public static IServiceCollection AddEnvelopes(this IServiceCollection services) => services.AddSingleton<EnvelopeIntake>();

    public static IEndpointRouteBuilder MapEnvelopes(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/ingest", PostAsync).WithName("ingest");
        return routes;
    }

    private static async Task<Results<Ok<IngestAnswer>, ProblemResult>> PostAsync(HttpContext context, EnvelopeIntake intake)
    {
        var outcome = await intake.ReceiveAsync(context, IsStrict(context.Request));
        if (outcome.Answer is { } answer) return TypedResults.Ok(answer);
        return new ProblemResult(outcome.Problem!) { Cause = outcome.Cause };
    }

    private static bool IsStrict(HttpRequest request) =>
        request.Headers["Prefer"].Any(value => value is not null
            && value.Split(',', ';').Any(preference => preference.Trim().Replace("\"", "", StringComparison.Ordinal).Equals(StrictHandling, StringComparison.OrdinalIgnoreCase)));
}
