using Ingest.Api.Queries;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Domain.Sessions;
using Ingest.Domain.Usage;

namespace Ingest.Api.Sessions;

/// <summary>What an address asks about sessions: that of the API, or of a page.</summary>
/// <param name="Filter">Which ones.</param>
/// <param name="After">Where the list goes on; null begins it.</param>
/// <param name="Limit">How many at most.</param>
/// <param name="Scope">What its cursors are bound to.</param>
internal sealed record SessionQuery(SessionFilter Filter, SessionPlace? After, int Limit, string[] Scope)
{
    /// <summary>Where something is wrong the query says so, and what is returned does not matter.</summary>
    public static SessionQuery Read(QueryReader query, Caller caller)
    {
        var filter = new SessionFilter(query.Range())
        {
            DeviceIds = query.DeviceIds("device_id", UsageLimits.FilterValues),
            UserIds = query.Uuids("user_id", UsageLimits.FilterValues),
            Providers = query.Texts("provider", UsageLimits.FilterValues),
            Models = query.Texts("model", UsageLimits.FilterValues),
            RepoIds = query.Texts("repo_id", UsageLimits.FilterValues),
            GitBranches = query.Texts("git_branch", UsageLimits.FilterValues),
            Tickets = query.Texts("ticket", UsageLimits.FilterValues, takesEmpty: true),
            Surfaces = query.Texts("surface", UsageLimits.FilterValues),
            OverallState = query.OptionalChoice("vital_overall_state", VitalStates.All),
        };
        var limit = query.Limit();
        var scope = query.Scope("sessions", caller, "from", "to", "device_id", "user_id", "provider", "model", "repo_id", "git_branch", "ticket", "surface", "vital_overall_state");
        return new SessionQuery(filter, query.After(scope, PlaceOf), limit, scope);
    }

    /// <summary>Where the list goes on behind this page; null at its end.</summary>
    public string? NextCursor(SessionPage page) => page.HasMore ? Cursor.Write(Scope, Parts(page.Sessions[^1].Place)) : null;

    private static string[] Parts(SessionPlace place) => [CursorParts.Of(place.LastActiveAt), place.DeviceId, place.SessionId];

    private static SessionPlace? PlaceOf(string[] parts) =>
        parts is [var at, var device, var session] && CursorParts.TryInstant(at, out var lastActiveAt) ? new SessionPlace(lastActiveAt, device, session) : null;
}
