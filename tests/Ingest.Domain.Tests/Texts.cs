using FsCheck;
using FsCheck.Fluent;

namespace Ingest.Domain.Tests;

/// <summary>Text as people and programs write it: any code point but U+0000, none of them half a pair.</summary>
internal static class Texts
{
    /// <summary>Letters of one to four bytes, marks that join, blanks of all kinds, and the characters other layers treat as special.</summary>
    private static readonly string[] Notable =
    [
        "a", "Z", "0", "~", "/", "\\", "\"", "'", " ", "\t", "\n", "\u0001", "\u001f", "\u0085", "\u00a0", "é", "e\u0301", "ß", "Ω", "日本", "\u2028",
        "\u200b", "\u3000", "\ufeff", "\ud7ff", "\ue000", "\uffff", "\ufffd", "😀", "👩‍💻", "\U00010000", "\U0010ffff", "&", "<", "%", "𝒳",
    ];

    public static Gen<string> Any(int longest) =>
        from length in Gen.Choose(0, longest)
        from parts in Gen.Frequency((2, Gen.Elements(Notable)), (1, CodePoint())).ArrayOf(length)
        select string.Concat(parts);

    private static Gen<string> CodePoint() =>
        Gen.OneOf(Gen.Choose(1, 0xD7FF), Gen.Choose(0xE000, 0xFFFF), Gen.Choose(0x10000, 0x10FFFF)).Select(char.ConvertFromUtf32);
}
