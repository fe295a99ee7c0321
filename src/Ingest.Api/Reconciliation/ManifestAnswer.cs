namespace Ingest.Api.Reconciliation;

/// <summary>What the server holds of one device, day by day.</summary>
/// <param name="DeviceId">As it is stored: a UUID in lower case.</param>
/// <param name="Watermark">The last day the server has confirmed to the device.</param>
/// <param name="OpenDay">The UTC day that is not over yet.</param>
/// <param name="ClosedThrough">The last day that is not expected to change any more.</param>
/// <param name="Days">Ascending; days of which nothing was ever stored are not in it.</param>
/// <param name="NextCursor">Leads to the next page, with the same other parameters; null on the last one.</param>
internal sealed record ManifestAnswer(
    string DeviceId,
    DateOnly? Watermark,
    DateOnly OpenDay,
    DateOnly ClosedThrough,
    IReadOnlyList<ManifestDayAnswer> Days,
    string? NextCursor);
