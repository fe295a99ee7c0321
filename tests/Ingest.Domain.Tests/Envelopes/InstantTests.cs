using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Tests.Envelopes;

public sealed class InstantTests
{
    [Theory]
    [InlineData("2026-05-14T18:30:34.123456789+00:00", "2026-05-14T18:30:34.1234560")]
    [InlineData("2026-05-14T18:30:34.999999999999999Z", "2026-05-14T18:30:34.9999990")]
    [InlineData("2026-05-14T18:30:34.5z", "2026-05-14T18:30:34.5000000")]
    [InlineData("2026-05-14t18:30:34-07:00", "2026-05-15T01:30:34.0000000")]
    [InlineData("2026-05-14T00:10:00+05:45", "2026-05-13T18:25:00.0000000")]
    [InlineData("2026-05-14 18:30:34", "2026-05-14T18:30:34.0000000")]
    [InlineData("2026-05-14T18:30:34.25", "2026-05-14T18:30:34.2500000")]
    [InlineData("2026-05-14T18:30:34-00:00", "2026-05-14T18:30:34.0000000")]
    [InlineData("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.0000000")]
    [InlineData("2024-02-29T12:00:00Z", "2024-02-29T12:00:00.0000000")]
    [InlineData("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.0000000")]
    [InlineData("1969-12-31T23:00:00-01:00", null)]
    [InlineData("1970-01-01T00:30:00+01:00", null)]
    [InlineData("9999-12-30T00:00:00Z", "9999-12-30T00:00:00.0000000")]
    [InlineData("9999-12-30T00:00:00.000001Z", null)]
    [InlineData("9999-12-31T23:59:60-23:59", null)]
    [InlineData("2026-02-29T12:00:00Z", null)]
    [InlineData("2026-05-14", null)]
    [InlineData("2026-05-14T18:30Z", null)]
    [InlineData("2026-05-14T24:00:00Z", null)]
    [InlineData("2026-05-14T18:60:00Z", null)]
    [InlineData("2026-05-14T18:30:61Z", null)]
    [InlineData("2026-05-14T18:30:34.Z", null)]
    [InlineData("2026-05-14T18:30:34+0000", null)]
    [InlineData("2026-05-14T18:30:34+24:00", null)]
    [InlineData("2026-05-14T18:30:34+00:60", null)]
    [InlineData("2026-05-14T18:30:34 +00:00", null)]
    [InlineData("2026-05-14T18:30:34Z ", null)]
    [InlineData("2026-05-14T+8:30:34Z", null)]
    [InlineData("2026-05-14T1 :30:34Z", null)]
    [InlineData("tomorrow, at about noon", null)]
    [InlineData("", null)]
    public void A_timestamp_is_kept_in_utc_and_cut_to_microseconds(string text, string? utc)
    {
        var fits = Instant.TryParse(Parsing.Utf8(text), out var instant);
        fits.ShouldBe(utc is not null);
        if (utc is null) return;
        instant.Offset.ShouldBe(TimeSpan.Zero);
        instant.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff", CultureInfo.InvariantCulture).ShouldBe(utc);
    }

    [Fact]
    public void Every_instant_in_every_offset_is_the_same_instant() =>
        Prop.ForAll(Instants().ToArbitrary(), Gen.Choose(-14 * 60, 14 * 60).ToArbitrary(), (at, minutes) =>
        {
            var local = at.ToOffset(TimeSpan.FromMinutes(minutes));
            var text = local.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffffzzz", CultureInfo.InvariantCulture);
            Instant.TryParse(Parsing.Utf8(text), out var parsed).ShouldBeTrue(text);
            parsed.ShouldBe(Instant.ToMicroseconds(at), text);
            parsed.UtcTicks.ShouldBeLessThanOrEqualTo(at.UtcTicks);
            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_was_cut_to_microseconds_is_not_cut_again() =>
        Prop.ForAll(Instants().ToArbitrary(), at => Instant.ToMicroseconds(Instant.ToMicroseconds(at)) == Instant.ToMicroseconds(at)).QuickCheckThrowOnFailure();

    private static Gen<DateTimeOffset> Instants() =>
        from days in Gen.Choose(1, 2_900_000)
        from ticks in Gen.Choose(0, 863_999_999)
        from rest in Gen.Choose(0, 999)
        select Instant.Earliest.AddDays(days).AddTicks((ticks * 1_000L) + rest);
}
