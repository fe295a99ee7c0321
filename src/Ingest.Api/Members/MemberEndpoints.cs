using Ingest.Api.Authentication;
using Ingest.Api.Bodies;
using Ingest.Api.Errors;
using Ingest.Api.Forms;
using Ingest.Api.OpenApi;
using Ingest.Api.Queries;
using Ingest.Domain;
using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Members;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Members;

internal static class MemberEndpoints
{
    private const string Roles = "owner: all, and who owns it. manager: all else. member: syncs devices, sees their own. viewer: sees all, changes nothing.";

    private static readonly FormShape Addition = new(
        "Who they are.",
        """{"name":"ada","role":"member"}""",
        new FormField("name", FormKind.Text, "What people call them; nobody else in the workspace is called so.") { IsRequired = true },
        new FormField("role", FormKind.Choice, Roles) { IsRequired = true, Words = UserRoles.Names });

    private static readonly FormShape Change = new(
        "What to change; what is left out stays.",
        """{"role":"manager"}""",
        new FormField("name", FormKind.Text, "What people call them."),
        new FormField("role", FormKind.Choice, Roles) { Words = UserRoles.Names });

    public static IEndpointRouteBuilder MapMembers(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/members", ListAsync)
            .WithName("members")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Members)
            .WithSummary("The people of the workspace")
            .WithDescription("Oldest first. Services are not among them: `GET /v1/keys` lists their keys.")
            .Takes(QueryParameters.Cursor, QueryParameters.Limit)
            .Means(StatusCodes.Status200OK, "A page of them.", new AnswerExample("page", "Two people", "answer-members"))
            .CanRefuse(ProblemCode.InvalidParameter, ProblemCode.InvalidCursor);
        routes.MapPost("/members", AddAsync)
            .WithName("member-add")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Members)
            .WithSummary("Add a person")
            .WithDescription("They have no key yet: `POST /v1/keys` makes one. Whoever shall get in by themselves is invited instead: `POST /v1/invites`.")
            .TakesForm(Addition)
            .Means(StatusCodes.Status201Created, "They are there.", new AnswerExample("member", "A member", "answer-member"))
            .CanRefuse(ProblemCode.NameTaken, ProblemCode.OwnerNeeded);
        routes.MapGet("/members/{user_id}", GetAsync)
            .WithName("member")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Members)
            .WithSummary("One person")
            .WithDescription("The entity tag is what a change of them may name as `If-Match`.")
            .Takes(QueryParameters.UserPath)
            .Means(StatusCodes.Status200OK, "The person.", new AnswerExample("member", "A member", "answer-member"))
            .CanRefuse(ProblemCode.MemberNotFound);
        routes.MapPatch("/members/{user_id}", ChangeAsync)
            .WithName("member-change")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Members)
            .WithSummary("Rename a person, or change their role")
            .WithDescription("What their keys can do changes with the role, everywhere within a second; where they may appoint less than before, the open invites and enrolments that they made end. "
                + "Only an owner makes and unmakes owners, and the last one stays.")
            .Takes(QueryParameters.UserPath, QueryParameters.IfMatch)
            .TakesForm(Change)
            .Means(StatusCodes.Status200OK, "The person as they are now.", new AnswerExample("member", "A member", "answer-member"))
            .CanRefuse(ProblemCode.MemberNotFound, ProblemCode.NameTaken, ProblemCode.OwnerNeeded, ProblemCode.LastOwner, ProblemCode.PreconditionFailed);
        routes.MapDelete("/members/{user_id}", RemoveAsync)
            .WithName("member-remove")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Members)
            .WithSummary("Remove a person")
            .WithDescription("Their keys and open enrolments end at once, and so do the invites and enrolments that they made. "
                + "Their devices stay, with all they sent: give them to somebody else, or delete them.")
            .Takes(QueryParameters.UserPath, QueryParameters.IfMatch)
            .Means(StatusCodes.Status200OK, "They are removed.", new AnswerExample("removed", "Somebody with one key", "answer-member-removed"))
            .CanRefuse(ProblemCode.MemberNotFound, ProblemCode.OwnerNeeded, ProblemCode.LastOwner, ProblemCode.PreconditionFailed);
        return routes;
    }

    private static async Task<Results<JsonAnswer<MembersAnswer>, ProblemResult>> ListAsync(HttpContext context, MemberStore members)
    {
        var query = new QueryReader(context.Request.Query);
        var limit = query.Limit();
        var scope = query.Scope("members", context.Caller());
        var after = query.AfterTime(scope);
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);

        var page = await members.ListAsync(context.Caller().WorkspaceId, after, limit, context.RequestAborted);
        return new JsonAnswer<MembersAnswer>(new MembersAnswer(
            [.. page.Members.Select(MemberAnswer.Of)], page.HasMore ? Cursor.Write(scope, new TimedPlace(page.Members[^1].CreatedAt, page.Members[^1].UserId)) : null));
    }

    private static async Task<Results<CreatedAnswer<MemberAnswer>, ProblemResult>> AddAsync(HttpContext context, BodyReader bodies, MemberStore members)
    {
        var (form, problem) = await bodies.ReadFormAsync(context, Addition);
        if (problem is not null) return new ProblemResult(problem);
        var added = await members.AddAsync(
            context.Actor(), context.Caller().WorkspaceId, form.Text("name")!, UserRoles.Find(form.Text("role")!)!.Value, context.RequestAborted);
        return new CreatedAnswer<MemberAnswer>(MemberAnswer.Of(added), $"/v1/members/{added.UserId:D}");
    }

    private static async Task<RevisedAnswer<MemberAnswer>> GetAsync(HttpContext context, MemberStore members) =>
        Answer(await members.GetAsync(context.Caller().WorkspaceId, context.RouteId("user_id"), context.RequestAborted));

    private static async Task<Results<RevisedAnswer<MemberAnswer>, ProblemResult>> ChangeAsync(HttpContext context, BodyReader bodies, MemberStore members)
    {
        var (form, problem) = await bodies.ReadFormAsync(context, Change);
        if (problem is not null) return new ProblemResult(problem);
        var change = new MemberChange(form.Text("name"), form.Text("role") is { } role ? UserRoles.Find(role) : null);
        return Answer(await members.ChangeAsync(
            context.Actor(), context.Caller().WorkspaceId, context.RouteId("user_id"), change, Revision.Expected(context), context.RequestAborted));
    }

    private static async Task<JsonAnswer<RemovedMemberAnswer>> RemoveAsync(HttpContext context, MemberStore members) =>
        new(RemovedMemberAnswer.Of(await members.RemoveAsync(
            context.Actor(), context.Caller().WorkspaceId, context.RouteId("user_id"), Revision.Expected(context), context.RequestAborted)));

    private static RevisedAnswer<MemberAnswer> Answer(ListedMember member) => new(MemberAnswer.Of(member), member.Revision);
}
