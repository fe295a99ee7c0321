using Ingest.Api.Authentication;
using Ingest.Api.Bodies;
using Ingest.Api.Configuration;
using Ingest.Api.Errors;
using Ingest.Api.OpenApi;
using Ingest.Domain.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Envelopes;

internal static class EnvelopeEndpoints
{
    /// <summary>RFC 7240: a client that wants all rows stored or none.</summary>
    private const string StrictHandling = "handling=strict";

    public static IServiceCollection AddEnvelopes(this IServiceCollection services, LimitSettings limits) => services
        .AddSingleton(new EnvelopeAdmission(limits.EnvelopesInFlight))
        .AddSingleton<EnvelopeIntake>();

    public static IEndpointRouteBuilder MapEnvelopes(this IEndpointRouteBuilder routes)
    {
        var intake = routes.ServiceProvider.GetRequiredService<EnvelopeIntake>();
        var post = (HttpContext context) => PostAsync(context, intake);
        routes.MapPost("/ingest", post)
            .WithName("ingest")
            .Needs(Permission.Ingest)
            .WithTags(ApiTags.Sync)
            .WithSummary("Store an envelope of a device's usage")
            .WithDescription(
                "Answered once everything is stored, or nothing is. Days that hold nothing new are not written again, rows are replaced by their keys, "
                + "and the `watermark` of the answer tells the device from where on to send next time. Rows that break a rule are quarantined and listed; "
                + "an envelope without any usable row is refused the first time, and taken with all its rows in quarantine when it is sent again unchanged.")
            .Means(
                StatusCodes.Status200OK,
                "Stored, or found to stand there already.",
                new AnswerExample("stored", "The envelope version_2, for the first time", "answer-stored"),
                new AnswerExample("unchanged", "The same envelope again", "answer-unchanged"),
                new AnswerExample("quarantined", "One of its rollups breaks a rule", "answer-quarantined"))
            .CanRefuse(
            [
                .. BodyReader.Refusals,
                ProblemCode.InvalidJson, ProblemCode.UnsupportedSchemaVersion, ProblemCode.InvalidEnvelope, ProblemCode.InvalidRows, ProblemCode.NoUsableRows,
                ProblemCode.QuarantineFull, ProblemCode.WorkspaceMismatch, ProblemCode.KeyBound, ProblemCode.DevicePaused, ProblemCode.DeviceRevoked, ProblemCode.DeviceDeleted, ProblemCode.DeviceCapReached,
            ])
            .AddOpenApiOperationTransformer(EnvelopeOperation.DescribeAsync);
        return routes;
    }

    private static async Task<Results<JsonAnswer<IngestAnswer>, ProblemResult>> PostAsync(HttpContext context, EnvelopeIntake intake)
    {
        var outcome = await intake.ReceiveAsync(context, IsStrict(context.Request));
        if (outcome.Answer is { } answer) return new JsonAnswer<IngestAnswer>(answer);
        return new ProblemResult(outcome.Problem! with { DeviceId = outcome.Attempt.DeviceId }) { Cause = outcome.Cause };
    }

    private static bool IsStrict(HttpRequest request) =>
        request.Headers["Prefer"] is { Count: > 0 } preferred && preferred.Any(value => value is not null
            && value.Split(',', ';').Any(preference =>
                string.Concat(preference.Where(character => character is not (' ' or '\t' or '"'))).Equals(StrictHandling, StringComparison.OrdinalIgnoreCase)));
}
