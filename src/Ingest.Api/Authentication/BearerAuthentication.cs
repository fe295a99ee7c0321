using System.Diagnostics.Metrics;
using Ingest.Api.Errors;
using Ingest.Api.Limits;
using Ingest.Domain;
using Ingest.Domain.Identity;
using Microsoft.Extensions.Primitives;

namespace Ingest.Api.Authentication;

/// <summary>
/// Who is calling. A 401 stops a stock daemon until a person restarts it (C§3.3), so it is sent only when the directory looked and
/// found nothing; a request without a usable key asks the directory too, whether this server may judge at all.
/// </summary>
internal sealed class BearerAuthentication
{
    private const string Scheme = "Bearer ";

    /// <summary>What <c>budi cloud init</c> writes where a key belongs (C§3.4).</summary>
    private const string StubKey = "PASTE_YOUR_KEY_HERE";

    private readonly IKeyDirectory _keys;
    private readonly FailedAuthentications _failed;
    private readonly Counter<long> _failures;

    public BearerAuthentication(IKeyDirectory keys, FailedAuthentications failed, IMeterFactory meters)
    {
        _keys = keys;
        _failed = failed;
        _failures = meters.Create(IngestMeter.Name)
            .CreateCounter<long>("ingest.authentication.failures", "{request}", "Requests that did not get past authentication, by reason.");
    }

    /// <returns>Null when the caller is known and on the context.</returns>
    public ValueTask<Problem?> AuthenticateAsync(HttpContext context) => AuthenticateAsync(context, PresentedKey(context.Request.Headers.Authorization));

    /// <summary>The same with a key that came in another way.</summary>
    public async ValueTask<Problem?> AuthenticateAsync(HttpContext context, string? key)
    {
        var address = context.Connection.RemoteIpAddress;
        var isSuspect = _failed.IsSuspect(address, out var retryAfterSeconds);
        var found = await FindAsync(key, isSuspect, context.RequestAborted);
        switch (found)
        {
            case { Outcome: KeyLookupOutcome.Found, Caller: { } caller }:
                context.Features.Set(caller);
                return null;
            case { Outcome: KeyLookupOutcome.NotListed }:
                return Limited(retryAfterSeconds);
            case { Outcome: KeyLookupOutcome.NotSetUp or KeyLookupOutcome.Maintenance }:
                return Closed(found.Outcome);
            case { Outcome: KeyLookupOutcome.Expired }:
                Count("expired");
                return new Problem(ProblemCode.Unauthorized, "This key has expired. A manager makes another one, or enrols the device anew.");
            default:
                _failed.Count(address);
                Count(key is null ? "missing" : ApiKeyText.TryParse(key, out _) ? "unknown" : "malformed");
                return new Problem(ProblemCode.Unauthorized, key switch
                {
                    null => "This needs one Authorization header with a key: Authorization: Bearer budi_…",
                    StubKey => $"This is the stub {StubKey}, not a key: put the device's own key in its place in cloud.toml and restart the daemon. A manager of the workspace gives it out, or an enrolment code that brings the whole file: POST /v1/enroll.",
                    _ => "This key is not known here, or was revoked. Keys are listed by: ingest key list",
                });
        }
    }

    /// <summary>
    /// For what takes a code in place of a key: whether this server may judge one, and whether the client's address may still be wrong. No good one is known
    /// without a look-up, so here an address that guesses gets none.
    /// </summary>
    /// <returns>Null when the code may be looked up.</returns>
    public async ValueTask<Problem?> AdmitCodeAsync(HttpContext context)
    {
        if (_failed.IsSuspect(context.Connection.RemoteIpAddress, out var retryAfterSeconds)) return Limited(retryAfterSeconds);
        var found = await FindAsync(key: null, isSuspect: false, context.RequestAborted);
        return found.Outcome is KeyLookupOutcome.NotSetUp or KeyLookupOutcome.Maintenance ? Closed(found.Outcome) : null;
    }

    /// <summary>Holds a code that does not exist against the address it came from.</summary>
    public void CountUnknownCode(HttpContext context)
    {
        _failed.Count(context.Connection.RemoteIpAddress);
        Count("unknown_code");
    }

    private async ValueTask<KeyLookup> FindAsync(string? key, bool isSuspect, CancellationToken cancellation)
    {
        try
        {
            return isSuspect ? await _keys.FindListedAsync(key, cancellation) : await _keys.FindAsync(key, cancellation);
        }
        catch (StoreUnavailableException)
        {
            Count("store_unavailable");
            throw;
        }
    }

    private Problem Limited(int retryAfterSeconds)
    {
        Count("limited");
        return new Problem(
            ProblemCode.AuthenticationLimited, $"{ProblemCode.AuthenticationLimited.Title}; this one was not looked up. {ProblemCode.AuthenticationLimited.Remedy}")
        {
            RetryAfterSeconds = retryAfterSeconds,
        };
    }

    private Problem Closed(KeyLookupOutcome outcome)
    {
        var isNew = outcome == KeyLookupOutcome.NotSetUp;
        Count(isNew ? "not_set_up" : "maintenance");
        return Problem.Of(isNew ? ProblemCode.NotSetUp : ProblemCode.Maintenance);
    }

    /// <summary>Counted, and nothing more: what strangers send must cause no write and no line in the log.</summary>
    private void Count(string reason) => _failures.Add(1, new KeyValuePair<string, object?>("reason", reason));

    private static string? PresentedKey(StringValues header)
    {
        if (header is not [{ } value] || !value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return null;
        var key = value.AsSpan(Scheme.Length).Trim(' ');
        return key.IsEmpty ? null : key.ToString();
    }
}
