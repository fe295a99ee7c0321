using Ingest.Api.Authentication;
using Ingest.Api.Bodies;
using Ingest.Api.Errors;
using Ingest.Api.Forms;
using Ingest.Api.OpenApi;
using Ingest.Api.Queries;
using Ingest.Domain;
using Ingest.Domain.Identity;
using Ingest.Domain.Validation;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Invites;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Invites;

internal static class InviteEndpoints
{
    private static readonly FormShape Creation = new(
        "Whom it is for. Every field may be left out.",
        """{"role":"member","note":"the mobile team","days":14,"most_uses":5}""",
        new FormField("role", FormKind.Choice, "What whoever accepts becomes; left out: member. Only an owner invites owners.") { Words = UserRoles.Names },
        new FormField("note", FormKind.Text, "What it is for, for whoever reads the list."),
        new FormField("days", FormKind.Number, $"How long it is good; left out: {InviteStore.DefaultDays}.") { Highest = InviteStore.MostDays },
        new FormField("most_uses", FormKind.Number, "How many people may accept it; left out: one.") { Highest = InviteStore.MostPeople });

    private static readonly FormShape Acceptance = new(
        "The token, and who accepts.",
        """{"token":"invite_…","name":"ada"}""",
        new FormField("token", FormKind.Text, "As it was given.") { IsRequired = true },
        new FormField("name", FormKind.Text, "What the workspace shall call you. Left out, with a key of another workspace: as you are called there."));

    public static IReadOnlyList<(InviteState Value, string Name)> States { get; } = AnswerWords.Of<InviteState>();

    public static IEndpointRouteBuilder MapInvites(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/invites", ListAsync)
            .WithName("invites")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Workspace)
            .WithSummary("Invites of people")
            .WithDescription("The newest first, accepted, expired and taken back ones too. A token itself is shown once, when it is made.")
            .Takes(QueryParameters.InviteState, QueryParameters.Cursor, QueryParameters.Limit)
            .Means(StatusCodes.Status200OK, "A page of them.", new AnswerExample("page", "One that two of five have accepted", "answer-invites"))
            .CanRefuse(ProblemCode.InvalidParameter, ProblemCode.InvalidCursor);
        routes.MapPost("/invites", CreateAsync)
            .WithName("create-invite")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Workspace)
            .WithSummary("Invite people")
            .WithDescription("Whoever has the token becomes a member: `POST /v1/invites/accept`.")
            .TakesForm(Creation)
            .Means(StatusCodes.Status201Created, "The token, shown once.", new AnswerExample("created", "For five people of a team", "answer-invite-created"))
            .CanRefuse(ProblemCode.OwnerNeeded, ProblemCode.WorkspaceNotFound);
        routes.MapDelete("/invites/{invite_id}", RevokeAsync)
            .WithName("revoke-invite")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Workspace)
            .WithSummary("Take an invite back")
            .WithDescription("Nobody can accept it from then on; who has stays a member. Where it is of no use any more, nothing changes.")
            .Takes(QueryParameters.InviteId)
            .Means(StatusCodes.Status200OK, "It is of no use any more.", new AnswerExample("revoked", "Taken back when two had accepted", "answer-invite-revoked"))
            .CanRefuse(ProblemCode.InviteNotFound, ProblemCode.OwnerNeeded);
        return routes;
    }

    /// <summary>Where no key is needed: the token is the key.</summary>
    public static IEndpointRouteBuilder MapAccept(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/invites/accept", AcceptAsync)
            .WithName("accept-invite")
            .WithTags(ApiTags.Workspace)
            .WithSummary("Accept an invite")
            .WithDescription(
                "Without a key you become a new person. With the key of another workspace the same person is in both: send it as `Authorization: Bearer budi_…`. "
                + "A key for a device alone does not speak for its person, and whoever was removed from the workspace is added by a manager instead. "
                + "Tokens that do not exist are counted by address, and soon not looked up any more.")
            .TakesForm(Acceptance)
            .Means(StatusCodes.Status201Created, "You are a member; your key, shown once.", new AnswerExample("accepted", "A new member", "answer-accepted"))
            .CanRefuse(ProblemCode.Unauthorized, ProblemCode.ScopeMissing, ProblemCode.AlreadyMember, ProblemCode.NameTaken, ProblemCode.Conflict);
        return routes;
    }

    private static async Task<Results<JsonAnswer<InvitesAnswer>, ProblemResult>> ListAsync(HttpContext context, InviteStore invites)
    {
        var query = new QueryReader(context.Request.Query);
        var state = query.OptionalChoice("state", States);
        var limit = query.Limit();
        var scope = query.Scope("invites", context.Caller(), "state");
        var after = query.AfterTime(scope);
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);

        var page = await invites.ListAsync(
            context.Caller().WorkspaceId, state,
            after, limit, context.RequestAborted);
        return new JsonAnswer<InvitesAnswer>(new InvitesAnswer(
            [.. page.Invites.Select(InviteAnswer.Of)],
            page.HasMore ? Cursor.Write(scope, new TimedPlace(page.Invites[^1].CreatedAt, page.Invites[^1].InviteId)) : null));
    }

    private static async Task<Results<CreatedAnswer<CreatedInviteAnswer>, ProblemResult>> CreateAsync(HttpContext context, BodyReader bodies, InviteStore invites)
    {
        var (form, problem) = await bodies.ReadFormAsync(context, Creation);
        if (problem is not null) return new ProblemResult(problem);

        var wish = new InviteWish(
            form.Text("role") is { } role ? UserRoles.Find(role)!.Value : UserRole.Member, form.Text("note"), form.Number("days") ?? InviteStore.DefaultDays,
            form.Number("most_uses") ?? 1);
        var created = await invites.CreateAsync(context.Caller().WorkspaceId, context.Actor(), wish, context.RequestAborted);
        return new CreatedAnswer<CreatedInviteAnswer>(new CreatedInviteAnswer(created.Token, InviteAnswer.Of(created.Invite)), $"/v1/invites/{created.Invite.InviteId:D}");
    }

    private static async Task<JsonAnswer<InviteAnswer>> RevokeAsync(HttpContext context, InviteStore invites)
    {
        var id = context.RouteId("invite_id");
        return new JsonAnswer<InviteAnswer>(InviteAnswer.Of(await invites.RevokeAsync(context.Caller().WorkspaceId, context.Actor(), id, context.RequestAborted)));
    }

    private static async Task<Results<CreatedAnswer<AcceptedAnswer>, ProblemResult>> AcceptAsync(
        HttpContext context, BodyReader bodies, InviteStore invites, BearerAuthentication authentication)
    {
        var (form, problem) = await bodies.ReadFormAsync(context, Acceptance);
        if (problem is not null) return new ProblemResult(problem);

        var isKnown = context.Request.Headers.Authorization.Count > 0;
        if (isKnown && await authentication.AuthenticateAsync(context) is { } unknown) return new ProblemResult(unknown);
        if (isKnown && !SpeaksForItsPerson(context.Caller()))
        {
            return new ProblemResult(new Problem(
                ProblemCode.ScopeMissing, "This key is for a device, and does not speak for its person: send one with the scope read:own, read or manage, or accept without a key."));
        }

        if (!isKnown && form.Text("name") is null) return new ProblemResult(Form.Refusal("name", IssueCodes.Required, "name must be given."));

        var member = await invites.AcceptAsync(
            form.Text("token"), form.Text("name"), isKnown ? context.Caller() : null, context.Connection.RemoteIpAddress?.ToString(), context.RequestAborted);
        return new CreatedAnswer<AcceptedAnswer>(AcceptedAnswer.Of(member), $"/v1/members/{member.UserId:D}");
    }

    /// <summary>What stands in the file of a device is known to whoever has the device.</summary>
    private static bool SpeaksForItsPerson(Caller key) => key.BoundDeviceId is null && (key.Scopes & ~KeyScopes.Ingest) != KeyScopes.None;
}
