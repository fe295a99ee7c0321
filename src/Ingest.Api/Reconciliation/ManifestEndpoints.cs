using System.Text;
using Ingest.Api.Authentication;
using Ingest.Api.Configuration;
using Ingest.Api.Errors;
using Ingest.Api.OpenApi;
using Ingest.Api.Queries;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Domain.Reconciliation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Reconciliation;

internal static class ManifestEndpoints
{
    public static IEndpointRouteBuilder MapManifest(this IEndpointRouteBuilder routes)
    {
        var (manifests, settings, time) = (
            routes.ServiceProvider.GetRequiredService<IManifestReader>(), routes.ServiceProvider.GetRequiredService<IngestSettings>(),
            routes.ServiceProvider.GetRequiredService<TimeProvider>());
        var get = (HttpContext context) => GetAsync(context, manifests, settings, time);
        routes.MapGet("/ingest/manifest", get)
            .WithName("manifest")
            .Needs(Permission.Read)
            .WithTags(ApiTags.Reconciliation)
            .WithSummary("What is stored of one device, day by day")
            .WithDescription(
                "Compare it with the device: a day whose digest is the device's own is stored exactly as it is there. A device of another workspace, or of "
                + "somebody else, is answered like one that does not exist.")
            .Takes(QueryParameters.DeviceId, QueryParameters.From, QueryParameters.To, QueryParameters.Cursor, QueryParameters.Limit, QueryParameters.IfNoneMatch)
            .Means(StatusCodes.Status200OK, "One page of days.", new AnswerExample("two_days", "A closed day and the open one", "answer-manifest"))
            .Means(StatusCodes.Status304NotModified, "As the client has it: `If-None-Match` names the tag of this answer.")
            .CanRefuse(
                ProblemCode.MissingDeviceId, ProblemCode.InvalidDeviceId, ProblemCode.InvalidParameter, ProblemCode.InvalidCursor, ProblemCode.DeviceNotFound)
            .AddOpenApiOperationTransformer(TaggedOperation.DescribeAsync);
        return routes;
    }

    private static async Task<Results<TaggedJson<ManifestAnswer>, ProblemResult>> GetAsync(
        HttpContext context, IManifestReader manifests, IngestSettings settings, TimeProvider time)
    {
        var query = new QueryReader(context.Request.Query);
        var device = query.DeviceId();
        var range = query.Range();
        var limit = query.Limit();
        var scope = query.Scope("manifest", context.Caller(), "device_id", "from", "to");
        var after = query.After(scope, LastDay);
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);

        var rest = after is { } last ? range with { From = last.AddDays(1) } : range;
        if (await manifests.ReadAsync(context.Caller(), device, rest, limit, context.RequestAborted) is not { } manifest)
            return new ProblemResult(Problem.Of(ProblemCode.DeviceNotFound));

        var now = time.GetUtcNow();
        return new TaggedJson<ManifestAnswer>(new ManifestAnswer(
            device,
            manifest.ConfirmedDay,
            Day.Of(now),
            WatermarkRule.ClosedThrough(now, now, settings.GraceDays),
            [.. manifest.Days.Select(day => ManifestDayAnswer.Of(day, DayStateRule.Of(day.Entry, manifest.ConfirmedDay, now, settings.Ledger)))],
            manifest.HasMore ? Cursor.Write(scope, Day.ToText(manifest.Days[^1].Entry.Day)) : null));
    }

    private static DateOnly? LastDay(string[] parts) =>
        parts is [var text] && Day.TryParse(Encoding.UTF8.GetBytes(text), out var day) && day < DayRange.All.To ? day : null;
}
