using Ingest.Api.Paging;

namespace Ingest.Api.Tests.Paging;

public sealed class CursorTests
{
    private static readonly DateTimeOffset Instant = new DateTimeOffset(2026, 5, 14, 18, 30, 0, TimeSpan.Zero).AddMicroseconds(123_457);
    private static readonly DateOnly Day = new(2026, 5, 14);
    private static readonly Guid Id = Guid.Parse("0196d2a4-5f31-7c1e-9a54-3b0f6f0f8f11");

    [Fact]
    public void What_was_written_is_read_part_by_part()
    {
        var text = Cursor.For("listing", "ws", null).At(Instant).At(Id).At(Day).At("größe").ToString();
        text.ShouldMatch("^[A-Za-z0-9_-]+$");
        CursorReader.TryOpen(text, out var cursor, "listing", "ws", null).ShouldBeTrue();
        cursor.TryTake(out DateTimeOffset instant).ShouldBeTrue();
        cursor.TryTake(out Guid id).ShouldBeTrue();
        cursor.TryTake(out DateOnly day).ShouldBeTrue();
        cursor.TryTake(out string name).ShouldBeTrue();
        (instant, id, day, name).ShouldBe((Instant, Id, Day, "größe"));
        cursor.IsAtEnd.ShouldBeTrue();
        cursor.TryTake(out string _).ShouldBeFalse();
    }

    [Fact]
    public void One_of_another_listing_or_another_question_is_none()
    {
        var text = Cursor.For("listing", "ws", "device", null).At(Id).ToString();
        CursorReader.TryOpen(text, out _, "other", "ws", "device", null).ShouldBeFalse();
        CursorReader.TryOpen(text, out _, "listing", "ws2", "device", null).ShouldBeFalse();
        CursorReader.TryOpen(text, out _, "listing", "ws", null, "device").ShouldBeFalse();
        CursorReader.TryOpen(text, out _, "listing", "ws", "device", "").ShouldBeFalse();
        CursorReader.TryOpen(text, out _, "listing", "wsdevice", "", null).ShouldBeFalse();
        CursorReader.TryOpen(text, out _, "listing", "ws", "device", null).ShouldBeTrue();
    }

    [Fact]
    public void A_part_of_another_type_is_not_taken()
    {
        CursorReader.TryOpen(Cursor.For("listing").At(Id).ToString(), out var cursor, "listing").ShouldBeTrue();
        cursor.TryTake(out DateTimeOffset _).ShouldBeFalse();
        cursor.TryTake(out string _).ShouldBeFalse();
        cursor.TryTake(out Guid _).ShouldBeTrue();
    }

    [Fact]
    public void Anything_else_is_refused_and_never_thrown_at()
    {
        var good = Cursor.For("listing").At(Instant).At("text").ToString();
        var texts = Enumerable.Range(0, good.Length).Select(length => good[..length])
            .Concat(["", "*", "====", "a b", "\0", new string('A', 4000), good + "A", good + good]).Concat(Enumerable.Range(0, good.Length).Select(i => good[..i] + '_' + good[(i + 1)..]));
        foreach (var text in texts.Where(text => text != good))
        {
            var isWhole = CursorReader.TryOpen(text, out var cursor, "listing") && cursor.TryTake(out DateTimeOffset at) && cursor.TryTake(out string name) && cursor.IsAtEnd
                && at == Instant && name == "text";
            isWhole.ShouldBeFalse(text);
        }
    }
}
