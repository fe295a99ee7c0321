using Ingest.Api.Authentication;
using Ingest.Api.Errors;
using Ingest.Api.Pages.Usage;
using Ingest.Api.Queries;
using Ingest.Api.Sessions;
using Ingest.Api.Usage;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Domain.Sessions;
using Ingest.Domain.Usage;
using Microsoft.AspNetCore.Http.Extensions;

namespace Ingest.Api.Pages.Sessions;

internal static class SessionPageEndpoints
{
    public const string OnePath = UsageAddress.Path + "/session";

    private const string State = "vital_overall_state";

    public static IEndpointRouteBuilder MapSessionPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(UsageAddress.SessionsPath, ListAsync).Needs(Permission.Read);
        routes.MapGet(OnePath, ShowAsync).Needs(Permission.Read);
        return routes;
    }

    private static async Task<IResult> ListAsync(HttpContext context, ISessionReader sessions, UsagePage usage, TimeProvider time)
    {
        var (caller, parameters) = (context.Caller(), context.Request.Query);
        var query = new QueryReader(parameters);
        var asked = SessionQuery.Read(query, caller);
        var address = UsageAddress.Read(query, parameters, time.GetUtcNow());
        if (query.Refusal is { } refusal) return usage.Refuse(refusal);

        // The usual days are those of the page of usage, which leads here.
        var filter = asked.Filter with { Range = address.Question.Range };
        if (await sessions.ListAsync(caller, filter, asked.After, asked.Limit, context.RequestAborted) is not { } page)
            return new ProblemResult(Problem.Of(ProblemCode.DeviceNotFound));

        var next = asked.NextCursor(page) is { } cursor ? With(parameters, "cursor", cursor) : null;
        return new PageResult<SessionListView, SessionListModel>(new SessionListModel(address, page.Sessions, [.. Chips(address, page.Sessions)], [.. States(parameters, filter.OverallState)], next));
    }

    private static async Task<IResult> ShowAsync(HttpContext context, ISessionReader sessions)
    {
        // Whatever names no session names nothing.
        var query = new QueryReader(context.Request.Query);
        var (device, id) = (query.DeviceId(), query.Needed("session_id", "the session, as the list names it"));
        var (_, session) = query.Refusal is null ? await sessions.FindAsync(context.Caller(), device, id, context.RequestAborted) : default;
        return session is null ? new ProblemResult(Problem.Of(ProblemCode.SessionNotFound)) : new PageResult<SessionView, ListedSession>(session);
    }

    private static IEnumerable<(string Name, string Address, bool IsShown)> States(IQueryCollection parameters, string? shown) =>
        VitalStates.All.Prepend(null).Select(state => (state is null ? "All" : SessionWords.NameOf(state), With(parameters, State, state), state == shown));

    /// <summary>The same list in another way, from its beginning unless it goes on.</summary>
    private static string With(IQueryCollection parameters, string name, string? value)
    {
        var query = new QueryBuilder(parameters.Where(parameter => parameter.Key != name && parameter.Key != "cursor"));
        if (value is not null) query.Add(name, value);
        return UsageAddress.SessionsPath + query;
    }

    private static IEnumerable<UsageChip> Chips(UsageAddress address, IReadOnlyList<ListedSession> sessions) =>
        from filter in UsageNames.Filters
        where filter.Dimension != UsageDimension.Role
        from value in address.Question.Of(filter.Dimension).Order(StringComparer.Ordinal)
        select new UsageChip(
            UsageWords.NameOf(filter.Dimension), UsageWords.Of(filter.Dimension, value, NameOf(filter.Dimension, value, sessions)), address.Without(filter.Dimension, value).Sessions);

    private static string? NameOf(UsageDimension dimension, string value, IReadOnlyList<ListedSession> sessions) => dimension switch
    {
        UsageDimension.Device => sessions.FirstOrDefault(session => session.Device.DeviceId == value) is { } found ? SessionWords.NameOf(found.Device) : null,
        UsageDimension.Member => sessions.FirstOrDefault(session => session.Device.OwnerUserId.ToString("D") == value)?.Device.OwnerName,
        _ => null,
    };
}
