using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Validation;

/// <summary>A row that broke a rule: kept aside with the reason, while the good rows of its envelope are stored (P5).</summary>
/// <param name="Kind">Which payload array it stood in.</param>
/// <param name="QuarantineId">
/// The same for every later version of the row, as far as its key, or what stands in the key's place, tells: a bad row that is sent
/// again every five minutes stays one quarantined row, also while its counts grow.
/// </param>
/// <param name="BucketDay">Its day where that much can be read.</param>
/// <param name="Key">Its key where that can be read: the day then still names this key.</param>
/// <param name="Raw">The row as JSON, reduced to scalar values of the contract's own fields (P9), at most <see cref="EnvelopeLimits.QuarantinedRowBytes"/>.</param>
/// <param name="Issues">What is wrong, the first of them first.</param>
public sealed record RejectedRow(
    RowKind Kind,
    Guid QuarantineId,
    DateOnly? BucketDay,
    RollupKey? Key,
    ReadOnlyMemory<byte> Raw,
    IReadOnlyList<Issue> Issues);
