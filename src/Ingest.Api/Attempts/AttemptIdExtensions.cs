using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace Ingest.Api.Attempts;

internal static class AttemptIdExtensions
{
    /// <summary>The header that carries the id on every answer.</summary>
    public const string Header = "Ingest-Attempt-Id";

    /// <summary>First in the pipeline: whatever answers after it, the answer names the attempt.</summary>
    public static IApplicationBuilder UseAttemptIds(this IApplicationBuilder app)
    {
        var time = app.ApplicationServices.GetRequiredService<TimeProvider>();
        return app.Use(next => context =>
        {
            // Version 7: sorted by time, so attempts are written to the end of an index and read back in order.
            var id = Guid.CreateVersion7(time.GetUtcNow());
            context.Features.Set(new AttemptFeature(id));
            context.Response.Headers[Header] = id.ToString();
            if (Activity.Current is { IsAllDataRequested: true } trace) trace.SetTag("ingest.attempt_id", id.ToString());
            return next(context);
        });
    }

    /// <summary>Names this request in answers, in the log and among the stored attempts.</summary>
    public static Guid AttemptId(this HttpContext context) => context.Features.GetRequiredFeature<AttemptFeature>().Id;

    private sealed record AttemptFeature(Guid Id);
}
