using Ingest.Api.Attempts;
using Ingest.Domain;
using Ingest.Domain.Validation;
using Ingest.Persistence.Identity;
using Microsoft.AspNetCore.Connections;

namespace Ingest.Api.Errors;

/// <summary>
/// Turns what escapes an endpoint, and what routing refuses with a bare status, into problems. Nothing leaves as a 500:
/// to a stock daemon a fault of ours is something to retry, and the text of an exception is nobody's business outside.
/// </summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ProblemWriter writer, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        // What was begun is finished, whether the client still waits or not; every step has a time limit of its own. To call off a statement the driver
        // opens a connection and holds its thread meanwhile, and with it all answers of the database that arrive there: clients that come and leave
        // would hold up the others.
        var clientLeft = context.RequestAborted;
        context.RequestAborted = CancellationToken.None;
        try
        {
            await next(context);
        }
        catch (Exception failure) when (IsClientGone(failure, clientLeft))
        {
            // The client has gone: nobody reads an answer, and a line per lost connection would bury the real ones.
            LogClientLeft(ProblemWriter.MethodOf(context), ProblemWriter.PathOf(context), context.AttemptId());
            return;
        }
        catch (Exception failure)
        {
            await AnswerAsync(context, failure);
            return;
        }

        if (BareStatus(context) is { } problem)
            await writer.WriteAsync(context, problem);
    }

    /// <summary>A connection that is reset in the middle of a body is told to whoever reads before it is told by the token.</summary>
    private static bool IsClientGone(Exception failure, CancellationToken clientLeft) => failure is ConnectionResetException or ConnectionAbortedException
        || (clientLeft.IsCancellationRequested && failure is OperationCanceledException or IOException);

    private async Task AnswerAsync(HttpContext context, Exception failure)
    {
        var problem = failure switch
        {
            StoreUnavailableException => Problem.Of(ProblemCode.StoreUnavailable),
            IdentityException { Field: { } field } refused => new Problem(refused.Refusal.Code(), refused.Message)
            {
                Errors = [new ProblemError("$." + field, IssueCodes.InvalidFormat, refused.Message)],
            },
            IdentityException refused => new Problem(refused.Refusal.Code(), refused.Message),
            BadHttpRequestException bad => Problem.Of(ForStatus(bad.StatusCode) ?? ProblemCode.BadRequest),
            _ => new Problem(ProblemCode.Internal, $"The server failed at this request; its log knows it as {context.AttemptId()}."),
        };
        try
        {
            await writer.WriteAsync(context, problem, failure);
        }
        catch (Exception again) when (again is OperationCanceledException or IOException)
        {
            LogClientLeft(ProblemWriter.MethodOf(context), ProblemWriter.PathOf(context), context.AttemptId());
        }
    }

    /// <summary>What routing, or an endpoint that only set a status, left without a body.</summary>
    private static Problem? BareStatus(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted || response.StatusCode < 400 || response.ContentLength is not null || response.ContentType is not null)
            return null;

        return response.StatusCode switch
        {
            StatusCodes.Status404NotFound => new Problem(
                ProblemCode.NotFound, $"There is nothing at {ProblemWriter.PathOf(context)}. {ProblemCode.NotFound.Remedy}"),
            StatusCodes.Status405MethodNotAllowed => new Problem(
                ProblemCode.MethodNotAllowed, $"{ProblemWriter.PathOf(context)} does not answer {ProblemWriter.MethodOf(context)}, only {response.Headers.Allow}."),
            var status => Problem.Of(ForStatus(status) ?? (status < 500 ? ProblemCode.BadRequest : ProblemCode.Internal)),
        };
    }

    private static ProblemCode? ForStatus(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => ProblemCode.Unauthorized,
        StatusCodes.Status408RequestTimeout => ProblemCode.RequestTimeout,
        StatusCodes.Status413PayloadTooLarge => ProblemCode.BodyTooLarge,
        StatusCodes.Status415UnsupportedMediaType => ProblemCode.UnsupportedMediaType,
        StatusCodes.Status429TooManyRequests => ProblemCode.RateLimited,
        StatusCodes.Status503ServiceUnavailable => ProblemCode.Overloaded,
        _ => null,
    };

    [LoggerMessage(EventId = 2, Level = LogLevel.Debug, Message = "{Method} {Path}: the client left, attempt {AttemptId}")]
    private partial void LogClientLeft(string method, string path, Guid attemptId);
}
