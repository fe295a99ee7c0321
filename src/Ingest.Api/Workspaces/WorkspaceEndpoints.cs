using Ingest.Api.Authentication;
using Ingest.Api.Bodies;
using Ingest.Api.Errors;
using Ingest.Api.Forms;
using Ingest.Api.OpenApi;
using Ingest.Api.Queries;
using Ingest.Domain.Identity;
using Ingest.Persistence.Workspaces;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Workspaces;

internal static class WorkspaceEndpoints
{
    private static readonly FormShape Change = new(
        "What to change.",
        """{"name":"Mobile team"}""",
        new FormField("name", FormKind.Text, "What people call it.") { IsRequired = true });

    public static IEndpointRouteBuilder MapWorkspace(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/workspace", GetAsync)
            .WithName("workspace")
            .Needs(Permission.Read)
            .WithTags(ApiTags.Workspace)
            .WithSummary("The workspace of the key")
            .WithDescription("Its entity tag is what a change of it may name as `If-Match`.")
            .Means(StatusCodes.Status200OK, "The workspace.", new AnswerExample("workspace", "A small team", "answer-workspace"));
        routes.MapPatch("/workspace", ChangeAsync)
            .WithName("workspace-change")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Workspace)
            .WithSummary("Rename the workspace")
            .WithDescription("Its id stays: devices and keys go by that.")
            .Takes(QueryParameters.IfMatch)
            .TakesForm(Change)
            .Means(StatusCodes.Status200OK, "The workspace as it is now.", new AnswerExample("workspace", "A small team", "answer-workspace"))
            .CanRefuse(ProblemCode.PreconditionFailed);
        return routes;
    }

    private static async Task<RevisedAnswer<WorkspaceAnswer>> GetAsync(HttpContext context, WorkspaceStore workspaces) =>
        Answer(await workspaces.GetAsync(context.Caller().WorkspaceId, context.RequestAborted));

    private static async Task<Results<RevisedAnswer<WorkspaceAnswer>, ProblemResult>> ChangeAsync(HttpContext context, BodyReader bodies, WorkspaceStore workspaces)
    {
        var (form, problem) = await bodies.ReadFormAsync(context, Change);
        if (problem is not null) return new ProblemResult(problem);
        return Answer(await workspaces.RenameAsync(
            context.Actor(), context.Caller().WorkspaceId, form.Text("name")!, Revision.Expected(context), context.RequestAborted));
    }

    private static RevisedAnswer<WorkspaceAnswer> Answer(ListedWorkspace workspace) => new(WorkspaceAnswer.Of(workspace), workspace.Revision);
}
