using Ingest.Api.Queries;

namespace Ingest.Api.Tests.Queries;

public sealed class CursorTests
{
    private static readonly string[] Scope = ["rows", "ws_local", "device", "2026-05-12"];

    [Fact]
    public void A_cursor_brings_back_what_was_put_into_it()
    {
        string[] position = ["assistant", "", "größe/ü-🙂", "a,b\"c\\", " ", "terminal"];
        Cursor.Read(Cursor.Write(Scope, position), Scope).ShouldBe(position);
    }

    [Fact]
    public void A_cursor_of_another_list_is_none()
    {
        var cursor = Cursor.Write(Scope, "assistant");
        for (var i = 0; i < Scope.Length; i++) Cursor.Read(cursor, [.. Scope[..i], "other", .. Scope[(i + 1)..]]).ShouldBeNull();
        Cursor.Read(cursor, Scope[..^1]).ShouldBeNull();
    }

    [Theory]
    [InlineData("x")]
    [InlineData("????")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAA")]
    public void Text_that_is_no_cursor_is_none(string text) => Cursor.Read(text, Scope).ShouldBeNull();

    [Fact]
    public void A_cursor_with_a_changed_character_is_none()
    {
        var cursor = Cursor.Write(Scope, "assistant", "claude_code");
        for (var i = 0; i < cursor.Length - 1; i++)
            Cursor.Read(cursor[..i] + (cursor[i] == 'A' ? 'B' : 'A') + cursor[(i + 1)..], Scope).ShouldBeNull($"at {i}");
    }
}
