using System.Net;
using Ingest.Api.Limits;

namespace Ingest.Api.Tests.Limits;

public sealed class TokenBucketsTests
{
    [Fact]
    public void A_backfill_of_two_hundred_chunks_that_are_larger_than_their_daemon_means_them_to_be_never_waits()
    {
        var rows = new TokenBuckets<Guid>(perMinute: 1, RateLimit.SmallestRowBurst, int.MaxValue, new ManualTimeProvider());
        var key = Guid.NewGuid();
        for (var chunk = 0; chunk < 200; chunk++) rows.Take(key, tokens: 1_200).Allowed.ShouldBeTrue($"chunk {chunk}");
    }

    [Fact]
    public void What_is_larger_than_a_bucket_passes_when_the_bucket_is_full_and_is_owed()
    {
        var time = new ManualTimeProvider();
        var buckets = new TokenBuckets<int>(perMinute: 60, smallestBurst: 100, int.MaxValue, time);
        buckets.Take(1, tokens: 250).ShouldBe(new RateDecision(Allowed: true, Remaining: 0, SecondsToFull: 250, RetryAfterSeconds: 0));
        buckets.Take(1, tokens: 1).ShouldBe(new RateDecision(Allowed: false, Remaining: 0, SecondsToFull: 250, RetryAfterSeconds: 151));
        time.Advance(TimeSpan.FromSeconds(151));
        buckets.Take(1, tokens: 1).Allowed.ShouldBeTrue();
        buckets.Take(1, tokens: 250).RetryAfterSeconds.ShouldBe(100);
    }

    [Fact]
    public void Looking_takes_nothing_and_leaves_nothing()
    {
        var buckets = new TokenBuckets<int>(perMinute: 2, smallestBurst: 2, int.MaxValue, new ManualTimeProvider());
        for (var i = 0; i < 10; i++) buckets.Peek(1).Allowed.ShouldBeTrue();
        buckets.Tracked.ShouldBe(0);
        buckets.Take(1, tokens: 2);
        for (var i = 0; i < 10; i++) buckets.Peek(1).ShouldBe(new RateDecision(Allowed: false, Remaining: 0, SecondsToFull: 60, RetryAfterSeconds: 30));
    }

    [Theory]
    [InlineData("192.0.2.7", "::ffff:192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("0.0.0.0", "::", false)]
    public void Addresses_that_one_machine_can_have_are_one(string one, string other, bool same) =>
        (AddressBlock.Of(IPAddress.Parse(one)) == AddressBlock.Of(IPAddress.Parse(other))).ShouldBe(same);

    [Fact]
    public void However_many_addresses_a_stranger_has_little_is_remembered()
    {
        var failed = new FailedAuthentications(perMinute: 60, new ManualTimeProvider());
        var most = 0;
        for (var i = 0; i < 300_000; i++)
        {
            failed.Count(new IPAddress([0x20, 1, 0x0d, 0xb8, (byte)(i >> 24), (byte)(i >> 16), (byte)(i >> 8), (byte)i, 0, 0, 0, 0, 0, 0, 0, 1]));
            most = Math.Max(most, i % 1000 == 0 ? failed.Tracked : 0);
        }

        most.ShouldBeGreaterThan(10_000);
        most.ShouldBeLessThanOrEqualTo(65_537);
    }

    [Fact]
    public void The_happy_path_allocates_nothing()
    {
        var failed = new FailedAuthentications(perMinute: 60, TimeProvider.System);
        var address = IPAddress.Parse("2001:db8::1");
        failed.IsSuspect(address, out _).ShouldBeFalse();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) failed.IsSuspect(address, out _);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }
}
