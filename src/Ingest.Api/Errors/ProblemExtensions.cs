namespace Ingest.Api.Errors;

internal static class ProblemExtensions
{
    public static IServiceCollection AddProblems(this IServiceCollection services) => services.AddSingleton<ProblemWriter>();

    /// <summary>Outside of everything but the attempt id, so that whatever fails inside is answered as a problem.</summary>
    public static IApplicationBuilder UseProblems(this IApplicationBuilder app) => app.UseMiddleware<ProblemMiddleware>();
}
