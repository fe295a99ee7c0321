using Ingest.Persistence.Identity;

namespace Ingest.Api.Operator;

/// <summary>The answer of <c>key list</c>.</summary>
internal sealed record KeyList(IReadOnlyList<ListedKey> Keys);
