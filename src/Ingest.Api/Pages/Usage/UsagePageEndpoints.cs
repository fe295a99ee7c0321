using Ingest.Api.Authentication;
using Ingest.Domain.Identity;

namespace Ingest.Api.Pages.Usage;

internal static class UsagePageEndpoints
{
    public static IEndpointRouteBuilder MapUsagePage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/usage", static () => new PageResult<UsageView, UsageModel>(new UsageModel())).Needs(Permission.Read);
        return routes;
    }
}
