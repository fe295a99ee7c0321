using System.Net;

namespace Ingest.Api.Limits;

/// <summary>
/// How many keys that do not exist an address may still present. It says which addresses are suspect and refuses nothing by itself: behind the
/// same address may be others whose keys are good.
/// </summary>
internal sealed class FailedAuthentications(int perMinute, TimeProvider time)
{
    /// <summary>Some megabytes at most, however many addresses strangers have.</summary>
    private const int MostTracked = 65_536;

    private readonly TokenBuckets<AddressBlock> _buckets = new(perMinute, perMinute, MostTracked, time);

    internal int Tracked => _buckets.Tracked;

    /// <param name="address">Whose request it is.</param>
    /// <param name="retryAfterSeconds">When another key of the address is looked up.</param>
    public bool IsSuspect(IPAddress? address, out int retryAfterSeconds)
    {
        retryAfterSeconds = 0;
        if (!_buckets.Enabled) return false;
        var decision = _buckets.Peek(AddressBlock.Of(address));
        retryAfterSeconds = decision.RetryAfterSeconds;
        return !decision.Allowed;
    }

    public void Count(IPAddress? address)
    {
        if (_buckets.Enabled) _buckets.Take(AddressBlock.Of(address), tokens: 1);
    }
}
