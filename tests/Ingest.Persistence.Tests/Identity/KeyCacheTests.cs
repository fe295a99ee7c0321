using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;

namespace Ingest.Persistence.Tests.Identity;

public sealed class KeyCacheTests
{
    private static readonly Caller Somebody = new("ws_1", Guid.Empty, Guid.Empty, UserRole.Member, "budi_12345678", Completeness.Auto);
    private static readonly KeyHash Hash = new(1, 2, 3, 4);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly ManualTimeProvider _time = new();
    private readonly KeyCache _cache;

    public KeyCacheTests() => _cache = new KeyCache(_time);

    [Fact]
    public void Without_a_channel_what_was_read_is_believed_for_less_than_a_second()
    {
        Read(_cache.Current);

        _time.Advance(KeyCache.Freshness);
        Known().ShouldBeTrue();
        _time.Advance(Moment);
        Known().ShouldBeFalse();
        KeyCache.Freshness.ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void With_a_proven_channel_it_is_believed_longer_and_no_longer_once_proof_is_wanting()
    {
        Read(_cache.Current);
        _time.Advance(TimeSpan.FromSeconds(30));
        _cache.ChannelProven(_time.GetTimestamp());

        _time.Advance(KeyCache.Freshness);
        Known().ShouldBeTrue();
        _time.Advance(Moment);
        Known().ShouldBeFalse();
    }

    [Fact]
    public void A_lost_channel_is_not_believed_from_that_moment()
    {
        Read(_cache.Current);
        _time.Advance(TimeSpan.FromSeconds(30));
        _cache.ChannelProven(_time.GetTimestamp());
        Known().ShouldBeTrue();

        _cache.ChannelLost();

        Known().ShouldBeFalse();
    }

    [Fact]
    public void No_entry_outlives_the_maximum_age()
    {
        Read(_cache.Current);
        _time.Advance(KeyCache.MaximumAge);
        _cache.ChannelProven(_time.GetTimestamp());
        Known().ShouldBeTrue();

        _time.Advance(Moment);
        Known().ShouldBeFalse();
    }

    [Fact]
    public void What_was_asked_before_a_revocation_and_answered_after_it_is_not_kept()
    {
        var before = _cache.Current;
        _cache.Forget();
        Read(before);

        Known().ShouldBeFalse();
    }

    [Fact]
    public void The_number_of_entries_is_bounded()
    {
        var generation = _cache.Current;
        for (ulong i = 0; i < 120_000; i++) generation.Remember(new KeyHash(i, 0, 0, 0), Somebody, _time.GetTimestamp());

        generation.Callers.Count.ShouldBeLessThanOrEqualTo(50_000);
        _cache.Find(generation, new KeyHash(119_999, 0, 0, 0)).ShouldNotBeNull();
    }

    private void Read(KeyCache.Generation generation)
    {
        generation.Remember(Hash, Somebody, _time.GetTimestamp());
        generation.RememberOpen(_time.GetTimestamp());
    }

    private bool Known()
    {
        var known = _cache.Find(_cache.Current, Hash) is not null;
        _cache.IsKnownOpen(_cache.Current).ShouldBe(known);
        return known;
    }
}
