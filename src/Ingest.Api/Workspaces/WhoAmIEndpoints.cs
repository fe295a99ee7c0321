using Ingest.Api.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Workspaces;

internal static class WhoAmIEndpoints
{
    public static IEndpointRouteBuilder MapWhoAmI(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/whoami", Get).WithName("whoami");
        return routes;
    }

    private static Ok<WhoAmIAnswer> Get(HttpContext context) => TypedResults.Ok(new WhoAmIAnswer(context.Caller().WorkspaceId));
}
