using Ingest.Api.Authentication;
using Ingest.Api.Errors;
using Ingest.Api.OpenApi;
using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;

namespace Ingest.Api.Pricing;

internal static class PricingEndpoints
{
    public static IEndpointRouteBuilder MapPricing(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/pricing/active", GetActive)
            .WithName("pricing")
            .Needs(Permission.Identify)
            .WithTags(ApiTags.Workspace)
            .WithSummary("The team's price lists that are in force")
            .WithDescription("There are none yet, so the answer is always 404 `no_active_price_list`, and devices keep the costs they computed. A poll counts as contact.")
            .CanRefuse(ProblemCode.NoActivePriceList);
        return routes;
    }

    /// <summary>
    /// 404 until price lists exist: the daemon then keeps its own costs (C§3.6). The hourly poll is all an idle daemon sends, so it counts as contact.
    /// </summary>
    private static ProblemResult GetActive(HttpContext context, KeyUseRecorder uses)
    {
        uses.Polled(context.Caller());
        return new ProblemResult(Problem.Of(ProblemCode.NoActivePriceList));
    }
}
