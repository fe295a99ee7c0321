using Ingest.Domain.Ledger;

namespace Ingest.Persistence.Attempts;

/// <summary>What an envelope's stamp told of it.</summary>
/// <param name="Clock">The device's clock after it.</param>
/// <param name="IsLate">Whether it came after one that was sent later.</param>
/// <param name="IsRepeated">Whether it came just before.</param>
internal sealed record ObservedStamp(DeviceClock Clock, bool IsLate, bool IsRepeated);
