using Ingest.Api.Authentication;
using Ingest.Api.Errors;
using Ingest.Api.OpenApi;
using Ingest.Api.Queries;
using Ingest.Domain.Identity;
using Ingest.Domain.Usage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Ingest.Api.Usage;

internal static class UsageEndpoints
{
    public static IEndpointRouteBuilder MapUsage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/usage", GetAsync)
            .WithName("usage")
            .Needs(Permission.Read)
            .WithTags(ApiTags.Usage)
            .WithSummary("What was used, by day, device, member, provider, model, repository, branch, ticket, surface or role")
            .WithDescription(
                "Members see their own devices, managers all of the workspace. Sums are of live rows: ghosts, quarantined rows and expired days count nothing. Filters that are given "
                + "again and again take any of their values; different filters go together. "
                + "`complete_through` says up to which day the sums are final, and `held_back_by` which devices keep it from being later; one that was revoked does not, and a former id only while "
                + "something of it is open. Ids that were merged into one device count each day once, under the id whose snapshot is newest; `device_id` of the one it has now answers for all of them, "
                + "and a former one for what counts from under itself. `possible_duplicates` names devices that may be counted twice until somebody decides. "
                + "As `text/csv` it is a table with a line for each group, and with `Ingest-Complete-Through`, `Ingest-Held-Back-Count` and `Ingest-Possible-Duplicate-Count` among its headers; "
                + $"values that a spreadsheet would run as a formula have an apostrophe before them there. At most {UsageLimits.Days} days.")
            .Takes(
                QueryParameters.UsageFrom, QueryParameters.UsageTo, QueryParameters.UsageBy, QueryParameters.UsageTop, QueryParameters.UsageSort, QueryParameters.UsageCompare,
                QueryParameters.UsageFormat, QueryParameters.UsageDevices, QueryParameters.UsageMembers, QueryParameters.UsageProviders, QueryParameters.UsageModels,
                QueryParameters.UsageRepos, QueryParameters.UsageBranches, QueryParameters.UsageTickets, QueryParameters.UsageSurfaces, QueryParameters.UsageRoles)
            .CanBeText(UsageCsv.MediaType, "table", "The same as a table", UsageCsv.Example)
            .Means(StatusCodes.Status200OK, "The sums.", new AnswerExample("by_model", "Four days by model, beside the four before", "answer-usage"))
            .CanRefuse(ProblemCode.InvalidDeviceId, ProblemCode.InvalidParameter, ProblemCode.RangeTooWide, ProblemCode.DeviceNotFound, ProblemCode.MemberNotFound);
        return routes;
    }

    private static async Task<Results<JsonAnswer<UsageAnswer>, UsageCsv, ProblemResult>> GetAsync(HttpContext context, UsageDesk desk, TimeProvider time)
    {
        var query = new QueryReader(context.Request.Query);
        var asked = UsageQuery.Read(query, time.GetUtcNow());
        var format = query.OptionalChoice("format", UsageCsv.Formats);
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);
        var (view, problem) = await desk.AskAsync(context.Caller(), asked, context.RequestAborted);
        if (view is null) return new ProblemResult(problem!);
        context.Response.Headers.AppendCommaSeparatedValues(HeaderNames.Vary, HeaderNames.Accept);
        return UsageCsv.IsAskedFor(format, context.Request) ? new UsageCsv(view) : new JsonAnswer<UsageAnswer>(view.ToAnswer());
    }
}
