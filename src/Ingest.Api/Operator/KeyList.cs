using Ingest.Api.Keys;

namespace Ingest.Api.Operator;

/// <summary>The answer of <c>key list</c>.</summary>
internal sealed record KeyList(IReadOnlyList<KeyAnswer> Keys);
