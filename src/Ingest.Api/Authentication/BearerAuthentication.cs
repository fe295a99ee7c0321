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
    public async ValueTask<Problem?> AuthenticateAsync(HttpContext context)
    {
        var key = PresentedKey(context.Request.Headers.Authorization);
        var address = context.Connection.RemoteIpAddress;
        var isSuspect = _failed.IsSuspect(address, out var retryAfterSeconds);
        KeyLookup found;
        try
        {
            found = isSuspect ? await _keys.FindListedAsync(key, context.RequestAborted) : await _keys.FindAsync(key, context.RequestAborted);
        }
        catch (StoreUnavailableException)
        {
            Count("store_unavailable");
            throw;
        }

        switch (found)
        {
            case { Outcome: KeyLookupOutcome.Found, Caller: { } caller }:
                context.Features.Set(caller);
                return null;
            case { Outcome: KeyLookupOutcome.NotListed }:
                Count("limited");
                return new Problem(
                    ProblemCode.AuthenticationLimited, $"{ProblemCode.AuthenticationLimited.Title}; this one was not looked up. {ProblemCode.AuthenticationLimited.Remedy}")
                {
                    RetryAfterSeconds = retryAfterSeconds,
                };
            case { Outcome: KeyLookupOutcome.NotSetUp }:
                Count("not_set_up");
                return Problem.Of(ProblemCode.NotSetUp);
            case { Outcome: KeyLookupOutcome.Maintenance }:
                Count("maintenance");
                return Problem.Of(ProblemCode.Maintenance);
            case { Outcome: KeyLookupOutcome.Expired }:
                Count("expired");
                return new Problem(ProblemCode.Unauthorized, "This key has expired. A manager makes another one, or enrols the device anew.");
            default:
                _failed.Count(address);
                Count(key is null ? "missing" : ApiKeyText.TryParse(key, out _) ? "unknown" : "malformed");
                return new Problem(ProblemCode.Unauthorized, key switch
                {
                    null => "This needs one Authorization header with a key: Authorization: Bearer budi_…",
                    StubKey => $"This is the stub {StubKey}, not a key: put the device's own key in its place in cloud.toml and restart the daemon. A manager of the workspace gives it out.",
                    _ => "This key is not known here, or was revoked. Keys are listed by: ingest key list",
                });
        }
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
