using System.Diagnostics.Metrics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ingest.Api.Attempts;
using Ingest.Api.Pages;
using Ingest.Api.Queries;
using Ingest.Domain.Identity;
using Microsoft.Net.Http.Headers;

namespace Ingest.Api.Errors;

/// <summary>The one mapping from a refusal to what goes out: status, headers, body, log line and counter.</summary>
internal sealed partial class ProblemWriter
{
    public const string ContentType = "application/problem+json";

    /// <summary>How many errors travel in one answer: enough to see a pattern, too few to echo a whole body back.</summary>
    public const int MostErrors = 50;

    // The text is shown to people as it is, so quotes and accents stay readable; nothing here is ever placed in HTML.
    private static readonly ProblemJson Json = new(new JsonSerializerOptions(ProblemJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Stands in the log for who or what is not known.</summary>
    private const string Unknown = "-";

    private readonly ILogger<ProblemWriter> _logger;
    private readonly Counter<long> _refusals;

    public ProblemWriter(IMeterFactory meters, ILogger<ProblemWriter> logger)
    {
        _logger = logger;
        _refusals = meters.Create(IngestMeter.Name).CreateCounter<long>("ingest.refusals", "{request}", "Requests refused, by code.");
    }

    public async Task WriteAsync(HttpContext context, Problem problem, Exception? cause = null)
    {
        var code = problem.Code;
        var response = context.Response;
        var attempt = context.AttemptId();
        _refusals.Add(1, new KeyValuePair<string, object?>("code", code.Code));
        // A stack belongs to what must be mended here; a database that is away would write one per request.
        var told = code.Level >= LogLevel.Error || _logger.IsEnabled(LogLevel.Debug) ? cause : null;
        var caller = context.Features.Get<Caller>();
        LogRefused(
            code.Level, told, MethodOf(context), PathOf(context), code.Status, code.Code, attempt, caller?.WorkspaceId ?? Unknown,
            caller is null ? Unknown : DeviceOf(context, problem));

        if (response.HasStarted)
        {
            // Half an answer is out; cutting the connection is the only way left to say that it failed.
            context.Abort();
            return;
        }

        Prepare(response, problem);
        if (PageRoute.WantsPage(context))
        {
            await ProblemPage.WriteAsync(context, problem, attempt);
            return;
        }

        await JsonSerializer.SerializeAsync(response.Body, Document(problem, attempt), Json.ProblemDocument, context.RequestAborted);
    }

    /// <summary>Whatever a client put there, in a log and in an answer.</summary>
    internal static string MethodOf(HttpContext context) => SecretTexts.Hide(context.Request.Method);

    /// <summary>For the log and for people: no query, which holds what was asked for, and no more of a key or code that lost its way than its beginning.</summary>
    internal static string PathOf(HttpContext context) => SecretTexts.Hide(context.Request.Path.ToString());

    private static string DeviceOf(HttpContext context, Problem problem)
    {
        if (!string.IsNullOrEmpty(problem.DeviceId)) return problem.DeviceId;
        return new QueryReader(context.Request.Query).OptionalDeviceId() is { Length: > 0 } asked ? asked : Unknown;
    }

    private static void Prepare(HttpResponse response, Problem problem)
    {
        var code = problem.Code;
        var headers = response.Headers;
        // What an endpoint set for its success does not hold for its failure. Allow, RateLimit and the attempt id do.
        headers.Remove(HeaderNames.ContentLength);
        headers.Remove(HeaderNames.ContentEncoding);
        headers.Remove(HeaderNames.ETag);
        headers.Remove(HeaderNames.LastModified);
        headers.CacheControl = "no-store";
        if ((problem.RetryAfterSeconds ?? code.RetryAfterSeconds) is { } seconds)
            headers.RetryAfter = Math.Max(1, seconds).ToString();
        if (code.Status == StatusCodes.Status401Unauthorized)
            headers.WWWAuthenticate = "Bearer";
        response.StatusCode = code.Status;
        response.ContentType = ContentType;
    }

    internal static ProblemDocument Document(Problem problem, Guid attempt) => new()
    {
        Type = problem.Code.Type,
        Title = problem.Code.Title,
        Status = problem.Code.Status,
        Detail = problem.Detail,
        Code = problem.Code.Code,
        Retryable = problem.Code.Retryable,
        AttemptId = attempt,
        Error = problem.Detail,
        Errors = problem.Errors.Count switch
        {
            0 => null,
            <= MostErrors => problem.Errors,
            _ => [.. problem.Errors.Take(MostErrors)],
        },
        ErrorsTruncated = problem.Errors.Count > MostErrors ? problem.Errors.Count - MostErrors : null,
    };

    [LoggerMessage(EventId = 1, Message = "{Method} {Path} refused: {Status} {Code}, attempt {AttemptId}, workspace {WorkspaceId}, device {DeviceId}")]
    private partial void LogRefused(
        LogLevel level, Exception? cause, string method, string path, int status, string code, Guid attemptId, string workspaceId, string deviceId);
}
