using Ingest.Domain.Identity;

namespace Ingest.Api.Authentication;

/// <summary>What an address asks of a key, for the filter, the document and the tests. An address that wants a key and names none is refused to everybody.</summary>
internal sealed record Requires(Permission Permission);
