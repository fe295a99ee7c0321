namespace Ingest.Api.Keys;

/// <summary>A key that takes the place of another.</summary>
/// <param name="New">The key that goes on: the only time that it is shown.</param>
/// <param name="Old">The key that works until its <c>expires_at</c>, and who uses it yet.</param>
internal sealed record RotatedKeyAnswer(IssuedKeyAnswer New, KeyAnswer Old);
