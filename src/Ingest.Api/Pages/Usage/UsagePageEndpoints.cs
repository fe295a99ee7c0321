using Ingest.Api.Authentication;
using Ingest.Api.Errors;
using Ingest.Api.Queries;
using Ingest.Api.Usage;
using Ingest.Domain.Identity;
using Ingest.Domain.Reconciliation;
using Ingest.Domain.Usage;

namespace Ingest.Api.Pages.Usage;

internal static class UsagePageEndpoints
{
    public static IEndpointRouteBuilder MapUsagePage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(UsageAddress.Path, ShowAsync).Needs(Permission.Read);
        routes.MapGet(UsageAddress.CsvPath, SendTableAsync).Needs(Permission.Read);
        return routes;
    }

    private static async Task<IResult> ShowAsync(HttpContext context, UsagePage page, TimeProvider time)
    {
        var parameters = context.Request.Query;
        var query = new QueryReader(parameters);
        var address = UsageAddress.Read(query, parameters, time.GetUtcNow());
        var chosen = UsageForm.Read(query, parameters, address);
        if (query.Refusal is { } refusal) return page.Refuse(refusal);
        return chosen is null ? await page.ShowAsync(context, address) : new SeeOtherResult(chosen.ToString());
    }

    private static async Task<IResult> SendTableAsync(HttpContext context, UsageDesk desk, TimeProvider time)
    {
        var query = new QueryReader(context.Request.Query);
        var address = UsageAddress.Read(query, context.Request.Query, time.GetUtcNow());
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);
        var (view, problem) = await desk.AskAsync(context.Caller(), address.Query, context.RequestAborted);
        return view is null ? new ProblemResult(problem!) : new UsageCsv(view);
    }
}
