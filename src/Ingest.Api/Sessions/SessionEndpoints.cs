using Ingest.Api.Authentication;
using Ingest.Api.Errors;
using Ingest.Api.OpenApi;
using Ingest.Api.Queries;
using Ingest.Domain.Identity;
using Ingest.Domain.Sessions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Sessions;

internal static class SessionEndpoints
{
    private const string Lag =
        "Sessions may lag behind: a device sends one again only while something happens in it, and nothing asks for it a second time. Totals never come from them; `GET /v1/usage` has those.";

    public static IEndpointRouteBuilder MapSessions(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sessions", ListAsync)
            .WithName("sessions")
            .Needs(Permission.Read)
            .WithTags(ApiTags.Usage)
            .WithSummary("Sessions, those with the last activity first")
            .WithDescription(
                $"Members see those of their own devices, viewers and managers all of the workspace. {Lag}\n\n"
                + "Filters are those of `GET /v1/usage`, so that its addresses lead here: any of the values of each, compared with what is stored, to the letter; `(untagged)` is a model, "
                + "repository or branch that is not known. Of a device with several ids, a session is listed once, under the id it was sent under last; "
                + "`device_id` of the one it has now answers for all of them, a former one for what counts under itself, and one that was superseded for nothing.\n\n"
                + "Whatever stays as it is while the pages are read is on exactly one of them. A session that goes on meanwhile moves to the head of the list, "
                + "where whoever begins it again finds it. By device or provider, or with a range, a page comes at once; other filters look at each session of the range.")
            .Takes(
                QueryParameters.ActiveFrom, QueryParameters.ActiveTo, QueryParameters.UsageDevices, QueryParameters.UsageMembers, QueryParameters.UsageProviders,
                QueryParameters.UsageModels, QueryParameters.UsageRepos, QueryParameters.UsageBranches, QueryParameters.UsageTickets, QueryParameters.UsageSurfaces,
                QueryParameters.VitalState,
                QueryParameters.Cursor, QueryParameters.Limit)
            .Means(StatusCodes.Status200OK, "A page of them.", new AnswerExample("page", "One session", "answer-sessions"))
            .CanRefuse(ProblemCode.InvalidDeviceId, ProblemCode.InvalidParameter, ProblemCode.InvalidCursor, ProblemCode.DeviceNotFound);
        routes.MapGet("/session", GetAsync)
            .WithName("session")
            .Needs(Permission.Read)
            .WithTags(ApiTags.Usage)
            .WithSummary("One session and how it went")
            .WithDescription(
                $"A session is unique within its device only, so both are named; as parameters, since its id is whatever the tool made of it, which no path would carry unharmed. {Lag}")
            .Takes(QueryParameters.DeviceId, QueryParameters.SessionId)
            .Means(StatusCodes.Status200OK, "The session.", new AnswerExample("session", "One with some of its vitals", "answer-session"))
            .CanRefuse(
                ProblemCode.MissingDeviceId, ProblemCode.InvalidDeviceId, ProblemCode.InvalidParameter, ProblemCode.DeviceNotFound, ProblemCode.SessionNotFound);
        return routes;
    }

    private static async Task<Results<JsonAnswer<SessionsAnswer>, ProblemResult>> ListAsync(HttpContext context, ISessionReader sessions)
    {
        var query = new QueryReader(context.Request.Query);
        var asked = SessionQuery.Read(query, context.Caller());
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);

        if (await sessions.ListAsync(context.Caller(), asked.Filter, asked.After, asked.Limit, context.RequestAborted) is not { } page)
            return new ProblemResult(Problem.Of(ProblemCode.DeviceNotFound));

        return new JsonAnswer<SessionsAnswer>(new SessionsAnswer([.. page.Sessions.Select(session => new SessionAnswer(session))], asked.NextCursor(page)));
    }

    private static async Task<Results<JsonAnswer<SessionDetailAnswer>, ProblemResult>> GetAsync(HttpContext context, ISessionReader sessions)
    {
        var query = new QueryReader(context.Request.Query);
        var (device, id) = (query.DeviceId(), query.Needed("session_id", "the session, as the list names it"));
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);

        var (visible, session) = await sessions.FindAsync(context.Caller(), device, id, context.RequestAborted);
        if (!visible) return new ProblemResult(Problem.Of(ProblemCode.DeviceNotFound));
        return session is null ? new ProblemResult(Problem.Of(ProblemCode.SessionNotFound)) : new JsonAnswer<SessionDetailAnswer>(new SessionDetailAnswer(session));
    }
}
