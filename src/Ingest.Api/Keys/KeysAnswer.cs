namespace Ingest.Api.Keys;

/// <summary>Keys of the workspace, oldest first.</summary>
/// <param name="Keys">At most as many as <c>limit</c> says.</param>
/// <param name="NextCursor">Where the list goes on; null at its end.</param>
internal sealed record KeysAnswer(IReadOnlyList<KeyAnswer> Keys, string? NextCursor);
