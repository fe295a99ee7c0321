using Ingest.Api.Authentication;
using Ingest.Domain.Identity;

namespace Ingest.Api.Pages.SyncHealth;

internal static class SyncHealthEndpoints
{
    public static IEndpointRouteBuilder MapSyncHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", static () => new PageResult<SyncHealthView, SyncHealthModel>(new SyncHealthModel())).Needs(Permission.Read);
        return routes;
    }
}
