using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Ingest.Domain.Identity;

/// <summary>What a workspace id looks like. To the service it is opaque: older ones begin with <c>org_</c> (C§1).</summary>
public static class WorkspaceId
{
    public const int MaximumLength = 64;

    private const int RandomBytes = 12;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary><c>ws_</c> and 16 characters of base64url.</summary>
    public static string Generate() => "ws_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    public static bool IsValid([NotNullWhen(true)] string? text) =>
        text is { Length: >= 1 and <= MaximumLength } && !text.AsSpan().ContainsAnyExcept(Allowed);
}
