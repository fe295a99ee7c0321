using Ingest.Api.Authentication;
using Ingest.Api.Configuration;
using Ingest.Api.Errors;
using Ingest.Api.Pages.SignIn;
using Ingest.Api.Pages.SyncHealth;
using Ingest.Domain.Identity;

namespace Ingest.Api.Pages;

internal static class PageExtensions
{
    public static IServiceCollection AddPages(this IServiceCollection services) => services.AddSingleton<PageSessions>().AddSingleton<DevicePage>();

    /// <summary>These answer browsers: strict headers on every answer, and refusals as pages.</summary>
    public static TBuilder AsPages<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.ExcludeFromDescription().WithMetadata(PageRoute.Instance).AddEndpointFilter(static (invocation, next) =>
        {
            PageHeaders.Set(invocation.HttpContext.Response);
            return next(invocation);
        });

    /// <summary>
    /// Lets only those through who are signed in, as the caller that they are, and forms only with their proof. Everybody else is asked to sign in.
    /// A key in a header is not looked at here, as the cookie is not where keys are asked for.
    /// </summary>
    public static TBuilder RequireSession<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilterFactory(static (endpoint, next) =>
        {
            var sessions = endpoint.ApplicationServices.GetRequiredService<PageSessions>();
            var settings = endpoint.ApplicationServices.GetRequiredService<IngestSettings>();
            return async invocation =>
            {
                var context = invocation.HttpContext;
                var found = await sessions.FindAsync(context);
                if (found.IsMaintenance) return new ProblemResult(Problem.Of(ProblemCode.Maintenance));
                if (found.Session is null) return new SeeOtherResult(ReturnPath.ToSignIn(context.Request));
                if (BearerExtensions.Forbidden(context) is { } forbidden) return new ProblemResult(forbidden);
                return await RefuseFormAsync(context, context.Features.Get<PageToken>()!, settings) is { } refused ? new ProblemResult(refused) : await next(invocation);
            };
        });

    /// <summary>Where nobody is signed in yet: a form is sent by whoever it was shown to, so that nobody is signed in as somebody else unawares.</summary>
    public static TBuilder RequireVisit<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilterFactory(static (endpoint, next) =>
        {
            var settings = endpoint.ApplicationServices.GetRequiredService<IngestSettings>();
            return async invocation =>
            {
                var context = invocation.HttpContext;
                var token = PageCookie.Visit.Read(context);
                if (token is null) PageCookie.Visit.Write(context, token = PageToken.Generate());
                context.Features.Set(token);
                return await RefuseFormAsync(context, token, settings) is { } refused ? new ProblemResult(refused) : await next(invocation);
            };
        });

    private static async ValueTask<Problem?> RefuseFormAsync(HttpContext context, PageToken token, IngestSettings settings) =>
        HttpMethods.IsPost(context.Request.Method) ? await PageForms.AdmitAsync(context, token, settings) : null;
}
