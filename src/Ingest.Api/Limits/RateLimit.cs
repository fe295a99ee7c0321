using Ingest.Api.Configuration;
using Ingest.Api.Errors;
using Microsoft.Extensions.Primitives;

namespace Ingest.Api.Limits;

/// <summary>
/// What one key may send: requests, and the rows of envelopes. A stock daemon sends a backfill of 200 chunks back to back and loses its
/// place when one is refused (C§5 AG), and its chunks of 500 rows are larger where a day is: so a rested key has at least this much of each.
/// </summary>
internal sealed class RateLimit
{
    public const int SmallestBurst = 240;
    public const int SmallestRowBurst = 240_000;

    private const string PolicyHeader = "RateLimit-Policy";
    private const string Header = "RateLimit";

    private readonly TokenBuckets<Guid> _requests;
    private readonly TokenBuckets<Guid> _rows;
    private readonly StringValues _policy;

    public RateLimit(LimitSettings limits, TimeProvider time)
    {
        _requests = new TokenBuckets<Guid>(limits.RequestsPerMinute, SmallestBurst, int.MaxValue, time);
        _rows = new TokenBuckets<Guid>(limits.RowsPerMinute, SmallestRowBurst, int.MaxValue, time);
        (string Name, TokenBuckets<Guid> Buckets)[] all = [("requests", _requests), ("rows", _rows)];
        _policy = string.Join(", ", all.Where(one => one.Buckets.Enabled).Select(one => $"\"{one.Name}\";q={one.Buckets.Burst};w={one.Buckets.SecondsToFill}"));
    }

    public bool Enabled => _requests.Enabled || _rows.Enabled;

    /// <returns>Null when the request may go on.</returns>
    public Problem? CountRequest(HttpContext context, Guid keyId)
    {
        var headers = context.Response.Headers;
        headers[PolicyHeader] = _policy;
        if (!_requests.Enabled)
            return null;

        var decision = _requests.Take(keyId, tokens: 1);
        headers[Header] = $"\"requests\";r={decision.Remaining};t={decision.SecondsToFull}";
        return decision.Allowed ? null : Refusal("This key has used up its requests; the next one is free", decision);
    }

    /// <summary>Once an envelope is read, and before anything of it is stored.</summary>
    /// <returns>Null when they may be stored.</returns>
    public Problem? CountRows(HttpContext context, Guid keyId, int rows)
    {
        if (!_rows.Enabled)
            return null;

        var decision = _rows.Take(keyId, rows);
        var headers = context.Response.Headers;
        var requests = headers[Header];
        headers[Header] = requests.Count == 0
            ? $"\"rows\";r={decision.Remaining};t={decision.SecondsToFull}"
            : $"{requests[0]}, \"rows\";r={decision.Remaining};t={decision.SecondsToFull}";
        return decision.Allowed ? null : Refusal($"This key has used up its rows and nothing was stored; these {rows} are free", decision);
    }

    private static Problem Refusal(string what, RateDecision decision) => new(ProblemCode.RateLimited, $"{what} in {decision.RetryAfterSeconds} s.")
    {
        RetryAfterSeconds = decision.RetryAfterSeconds,
    };
}
