namespace Ingest.Domain.Merging;

/// <summary>Two devices of one person that may be one.</summary>
/// <param name="Former">The one that has been away for longer.</param>
/// <param name="Present">The other.</param>
/// <param name="EqualDays">Days that both hold, with the very same usage.</param>
/// <param name="DifferentDays">Days that both hold, with other usage.</param>
/// <param name="SharedSessions">Sessions that both sent.</param>
public sealed record DuplicateCandidate(DuplicateDevice Former, DuplicateDevice Present, int EqualDays, int DifferentDays, int SharedSessions)
{
    /// <param name="one">Of the two.</param>
    /// <param name="other">Of the two.</param>
    /// <param name="equalDays">Days that both hold, with the very same usage.</param>
    /// <param name="differentDays">Days that both hold, with other usage.</param>
    /// <param name="sharedSessions">Sessions that both sent.</param>
    public static DuplicateCandidate Of(DuplicateDevice one, DuplicateDevice other, int equalDays, int differentDays, int sharedSessions)
    {
        var isFormer = (one.LastContactAt, one.FirstContactAt).CompareTo((other.LastContactAt, other.FirstContactAt)) switch
        {
            0 => string.CompareOrdinal(one.DeviceId, other.DeviceId) < 0,
            var order => order < 0,
        };
        return isFormer
            ? new DuplicateCandidate(one, other, equalDays, differentDays, sharedSessions)
            : new DuplicateCandidate(other, one, equalDays, differentDays, sharedSessions);
    }
}
