namespace Ingest.Domain.Privacy;

/// <summary>A field that the contract keeps out of envelopes.</summary>
/// <param name="Place">Its place in <see cref="ForbiddenFields.All"/>.</param>
/// <param name="Name">As it is told; clients also write it in other cases and with other separators.</param>
/// <param name="Kind">What such a field would carry, as the contract puts it.</param>
public sealed record ForbiddenField(int Place, string Name, string Kind);
