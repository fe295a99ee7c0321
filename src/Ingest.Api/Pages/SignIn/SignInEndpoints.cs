using Ingest.Api.Authentication;
using Ingest.Api.Errors;
using Ingest.Api.Limits;
using Ingest.Domain.Identity;
using Ingest.Persistence.Pages;
using Microsoft.AspNetCore.Http.Features;

namespace Ingest.Api.Pages.SignIn;

internal static class SignInEndpoints
{
    public const string Path = "/sign-in";
    public const string LinkPath = Path + "/link";

    /// <summary>A 401 would have to say how a browser signs in by itself, which it cannot.</summary>
    private const int RefusedStatus = StatusCodes.Status422UnprocessableEntity;

    public static IEndpointRouteBuilder MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ShowAsync);
        routes.MapPost(Path, SignInAsync);

        // To look at a link does nothing: whatever previews messages looks at all of them.
        routes.MapGet(LinkPath, static (HttpContext context) => new PageResult<LinkView, LinkModel>(new LinkModel(context.Request.Query["token"].ToString())));
        routes.MapPost(LinkPath, UseLinkAsync).TakeCode();
        return routes;
    }

    public static IEndpointRouteBuilder MapSignOut(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/sign-out", SignOutAsync).Needs(Permission.Identify);
        return routes;
    }

    private static async Task<IResult> ShowAsync(HttpContext context, PageSessions sessions)
    {
        var back = ReturnPath.Of(context.Request.Query[ReturnPath.Parameter]);
        return (await sessions.FindAsync(context)).Session is null ? Form(back) : SeeOther(back);
    }

    private static async Task<IResult> SignInAsync(HttpContext context, BearerAuthentication authentication, RateLimit limit, PageSessions sessions)
    {
        var form = context.Request.Form;
        var back = ReturnPath.Of(form[ReturnPath.Parameter]);
        var key = form["key"].ToString().Trim();
        if (key.Length == 0) return Form(back, "Paste your key first. It begins with budi_.");
        if (await authentication.AuthenticateAsync(context, key) is { } problem)
        {
            if (problem.Code.Status >= StatusCodes.Status500InternalServerError) return new ProblemResult(problem);
            if (problem.RetryAfterSeconds is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString();
            return Form(back, problem.Detail, problem.Code == ProblemCode.AuthenticationLimited ? problem.Code.Status : RefusedStatus);
        }

        var caller = context.Caller();
        if (caller.IsOfDeletedDevice) return Form(back, "This key was for a device that was deleted, and opens nothing any more. Sign in with another key.");
        if (!PermissionRule.Allows(caller.Scopes, Permission.Read))
        {
            return Form(
                back,
                $"This key is good, but it cannot read ({string.Join(", ", KeyScopeNames.Of(caller.Scopes))}): it is a device's, not a person's. "
                + "Sign in with a key that has the scope read:own, read or manage.");
        }

        if (limit.CountRequest(context, caller.KeyId) is { } tooMany) return new ProblemResult(tooMany);
        await sessions.BeginAsync(context, new PageIdentity(caller.WorkspaceId, caller.UserId, caller.KeyId), context.Actor());
        return SeeOther(back);
    }

    private static async Task<IResult> UseLinkAsync(HttpContext context, SignInLinkStore links)
    {
        PageSessions.Keep(
            context, await links.UseAsync(context.Request.Form["token"], context.Connection.RemoteIpAddress?.ToString(), context.RequestAborted));
        return SeeOther("/");
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, PageSessions sessions)
    {
        await sessions.EndAsync(context, context.Features.GetRequiredFeature<PageSession>());
        return SeeOther(Path);
    }

    private static PageResult<SignInView, SignInModel> Form(string back) => new(new SignInModel(back));

    private static PageResult<SignInView, SignInModel> Form(string back, string problem, int status = RefusedStatus) => new(new SignInModel(back, problem), status);

    private static SeeOtherResult SeeOther(string address) => new(address);
}
