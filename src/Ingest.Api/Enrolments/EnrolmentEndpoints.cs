using Ingest.Api.Authentication;
using Ingest.Api.Bodies;
using Ingest.Api.Configuration;
using Ingest.Api.Errors;
using Ingest.Api.Forms;
using Ingest.Api.OpenApi;
using Ingest.Api.Queries;
using Ingest.Domain;
using Ingest.Domain.Identity;
using Ingest.Domain.Validation;
using Ingest.Persistence.Enrolments;
using Ingest.Persistence.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Enrolments;

internal static class EnrolmentEndpoints
{
    private static readonly FormShape Creation = new(
        "Whose device it is, and what is known of it.",
        """{"user_id":"0196d2a4-5f31-7c1e-9a54-3b0f6f0f8f20","label":"ada's laptop","minutes":60}""",
        new FormField("user_id", FormKind.Uuid, "The person whose device it is.") { IsRequired = true },
        new FormField("device_id", FormKind.DeviceId, "A device that has synced before keeps its id; one that was deleted or revoked is let in again. Left out: as its person says, or a new one."),
        new FormField("label", FormKind.Text, "What the device shall call itself; empty: nothing. Left out: its host name.") { Most = EnvelopeLimits.LabelCharacters },
        new FormField("minutes", FormKind.Number, $"How long the code is good; left out: {EnrolmentStore.DefaultMinutes}.")
        {
            Lowest = EnrolmentStore.FewestMinutes, Highest = EnrolmentStore.MostMinutes,
        });

    private static readonly FormShape Redemption = new(
        "The code, and what the device calls itself.",
        """{"code":"K7QXM-2R9DA-08WTB-VHS4E"}""",
        new FormField("code", FormKind.Text, "As it was given; case, dashes and spaces do not matter, nor whether a zero is a letter.") { IsRequired = true },
        new FormField("device_id", FormKind.DeviceId, "The `device_id` that stands in the cloud.toml of this device: one that has synced before keeps it. Left out: a new one. What the enrolment says goes first."));

    public static IReadOnlyList<(EnrolmentState Value, string Name)> States { get; } = AnswerWords.Of<EnrolmentState>();

    public static IEndpointRouteBuilder MapEnrolments(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/enrolments", ListAsync)
            .WithName("enrolments")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Workspace)
            .WithSummary("Codes for devices")
            .WithDescription("The newest first, redeemed, expired and taken back ones too. A code itself is shown once, when it is made.")
            .Takes(QueryParameters.EnrolmentState, QueryParameters.Cursor, QueryParameters.Limit)
            .Means(StatusCodes.Status200OK, "A page of them.", new AnswerExample("page", "One that is open, and one that became a device", "answer-enrolments"))
            .CanRefuse(ProblemCode.InvalidParameter, ProblemCode.InvalidCursor);
        routes.MapPost("/enrolments", CreateAsync)
            .WithName("create-enrolment")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Workspace)
            .WithSummary("Make a code for a device")
            .WithDescription(
                "Whoever has the device redeems it once: `POST /v1/enroll`. The device then has a key of its own, which sends its envelopes and no other's. "
                + "Only an owner makes one for an owner.")
            .TakesForm(Creation)
            .Means(StatusCodes.Status201Created, "The code, shown once.", new AnswerExample("created", "A code for an hour", "answer-enrolment-created"))
            .CanRefuse(ProblemCode.MemberNotFound, ProblemCode.OwnerNeeded);
        routes.MapDelete("/enrolments/{enrolment_id}", RevokeAsync)
            .WithName("revoke-enrolment")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Workspace)
            .WithSummary("Take a code back")
            .WithDescription("Nobody can redeem it from then on. Where it has expired, or was taken back before, nothing changes; one that was redeemed is 409.")
            .Takes(QueryParameters.EnrolmentId)
            .Means(StatusCodes.Status200OK, "It is of no use any more.", new AnswerExample("revoked", "Taken back in time", "answer-enrolment-revoked"))
            .CanRefuse(ProblemCode.EnrolmentNotFound, ProblemCode.Conflict);
        return routes;
    }

    /// <summary>Where no key is needed: the code is the key.</summary>
    public static IEndpointRouteBuilder MapEnroll(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/enroll", RedeemAsync)
            .WithName("enroll")
            .WithTags(ApiTags.Workspace)
            .WithSummary("Redeem a code for a device's key")
            .WithDescription(
                "Without a key, once. The answer holds the key and the whole `cloud.toml`; with `Accept: application/toml` or `text/plain` it is that file alone. "
                + "A device that was deleted or revoked, or is somebody else's, is let in again only by a code that was made for it. Codes that do not exist are counted by address, and soon not looked up any more.")
            .TakesForm(Redemption)
            .Means(StatusCodes.Status201Created, "The device's key, shown once.", new AnswerExample("redeemed", "A new device", "answer-redeemed"))
            .CanRefuse(ProblemCode.Conflict)
            .AddOpenApiOperationTransformer(RedeemedOperation.DescribeAsync);
        return routes;
    }

    private static async Task<Results<JsonAnswer<EnrolmentsAnswer>, ProblemResult>> ListAsync(HttpContext context, EnrolmentStore enrolments)
    {
        var query = new QueryReader(context.Request.Query);
        var state = query.OptionalChoice("state", States);
        var limit = query.Limit();
        var scope = query.Scope("enrolments", context.Caller(), "state");
        var after = query.AfterTime(scope);
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);

        var page = await enrolments.ListAsync(
            context.Caller().WorkspaceId, state,
            after, limit, context.RequestAborted);
        return new JsonAnswer<EnrolmentsAnswer>(new EnrolmentsAnswer(
            [.. page.Enrolments.Select(EnrolmentAnswer.Of)],
            page.HasMore ? Cursor.Write(scope, new TimedPlace(page.Enrolments[^1].CreatedAt, page.Enrolments[^1].EnrolmentId)) : null));
    }

    private static async Task<Results<CreatedAnswer<CreatedEnrolmentAnswer>, ProblemResult>> CreateAsync(HttpContext context, BodyReader bodies, EnrolmentStore enrolments)
    {
        var (form, problem) = await bodies.ReadFormAsync(context, Creation);
        if (problem is not null) return new ProblemResult(problem);

        var wish = new EnrolmentWish(form.Text("device_id"), form.Text("label"), form.Number("minutes") ?? EnrolmentStore.DefaultMinutes);
        var created = await enrolments.CreateAsync(context.Caller().WorkspaceId, context.Actor(), form.Uuid("user_id")!.Value, wish, context.RequestAborted);
        return new CreatedAnswer<CreatedEnrolmentAnswer>(
            new CreatedEnrolmentAnswer(created.Code, EnrolmentAnswer.Of(created.Enrolment)), $"/v1/enrolments/{created.Enrolment.EnrolmentId:D}");
    }

    private static async Task<JsonAnswer<EnrolmentAnswer>> RevokeAsync(HttpContext context, EnrolmentStore enrolments)
    {
        var id = context.RouteId("enrolment_id");
        return new JsonAnswer<EnrolmentAnswer>(EnrolmentAnswer.Of(
            await enrolments.RevokeAsync(context.Caller().WorkspaceId, context.Actor(), id, context.RequestAborted)));
    }

    private static async Task<Results<RedeemedResult, ProblemResult>> RedeemAsync(HttpContext context, BodyReader bodies, EnrolmentStore enrolments, IngestSettings settings)
    {
        var (form, problem) = await bodies.ReadFormAsync(context, Redemption);
        if (problem is not null) return new ProblemResult(problem);

        var redeemed = await enrolments.RedeemAsync(form.Text("code"), form.Text("device_id"), context.Connection.RemoteIpAddress?.ToString(), context.RequestAborted);
        return new RedeemedResult(RedeemedAnswer.Of(redeemed, settings.PublicUrl ?? $"{context.Request.Scheme}://{context.Request.Host}"));
    }
}
