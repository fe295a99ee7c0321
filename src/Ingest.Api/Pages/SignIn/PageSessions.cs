using Ingest.Api.Authentication;
using Ingest.Domain.Identity;
using Ingest.Persistence.Pages;

namespace Ingest.Api.Pages.SignIn;

/// <summary>Begins, finds and ends sessions of browsers.</summary>
internal sealed class PageSessions(PageSessionStore store)
{
    /// <summary>Who is signed in, and is then on the context.</summary>
    public async Task<PageLookup> FindAsync(HttpContext context)
    {
        if (PageCookie.Session.Read(context) is not { } token) return default;
        var found = await store.FindAsync(token, context.RequestAborted);
        if (found.Session is not { } session) return found;

        context.Features.Set(session);
        context.Features.Set(session.Caller);
        context.Features.Set(token);
        return found;
    }

    /// <summary>
    /// The one place where sessions begin, for whatever shows who somebody is. A key does so far; what an identity provider says of somebody
    /// (OpenID Connect) becomes a <see cref="PageIdentity"/> without a key, and comes in here.
    /// </summary>
    public async Task BeginAsync(HttpContext context, PageIdentity identity, Actor actor) =>
        Keep(context, await store.BeginAsync(identity, actor, context.RequestAborted));

    /// <summary>The same for a session that began in the transaction that used up a link.</summary>
    public static void Keep(HttpContext context, PageToken session)
    {
        PageCookie.Session.Write(context, session, PageSessionStore.Lifetime);
        PageCookie.Visit.Delete(context);
    }

    public async Task EndAsync(HttpContext context, PageSession session)
    {
        await store.EndAsync(session, context.Actor(), context.RequestAborted);
        PageCookie.Session.Delete(context);
    }
}
