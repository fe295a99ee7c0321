using Ingest.Api.Authentication;
using Ingest.Api.OpenApi;
using Ingest.Domain.Identity;

namespace Ingest.Api.Workspaces;

internal static class WhoAmIEndpoints
{
    public static IEndpointRouteBuilder MapWhoAmI(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/whoami", Get)
            .WithName("whoami")
            .Needs(Permission.Identify)
            .WithTags(ApiTags.Workspace)
            .WithSummary("Whose key this is")
            .WithDescription("Names the workspace that envelopes sent with this key must name, and what the key can do.")
            .Means(StatusCodes.Status200OK, "The key is good.", new AnswerExample("workspace", "The workspace of the key", "answer-whoami"));
        return routes;
    }

    private static JsonAnswer<WhoAmIAnswer> Get(HttpContext context) => new(WhoAmIAnswer.Of(context.Caller()));
}
