namespace Ingest.Api.Errors;

/// <summary>A refusal as an endpoint or filter returns it.</summary>
internal sealed class ProblemResult(Problem problem) : IResult, IStatusCodeHttpResult
{
    public Problem Problem { get; } = problem;

    /// <summary>What made the request fail, for the log.</summary>
    public Exception? Cause { get; init; }

    public int? StatusCode => Problem.Code.Status;

    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.RequestServices.GetRequiredService<ProblemWriter>().WriteAsync(httpContext, Problem, Cause);
}
