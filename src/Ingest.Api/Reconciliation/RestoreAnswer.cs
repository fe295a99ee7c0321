using Ingest.Persistence.Restores;

namespace Ingest.Api.Reconciliation;

/// <summary>A closed day that holds again what it held before a change.</summary>
/// <param name="DeviceId">Of which device.</param>
/// <param name="BucketDay">The UTC day.</param>
/// <param name="Restored">False where it held just that already, and nothing was written.</param>
/// <param name="Before">Its sums until now.</param>
/// <param name="After">Its sums from now on.</param>
/// <param name="VersionId">Names what it held until now, which can be restored in its turn; null where nothing was written.</param>
/// <param name="AttemptId">This request, as the rows and the change name it.</param>
internal sealed record RestoreAnswer(
    string DeviceId, DateOnly BucketDay, bool Restored, VersionSumsAnswer Before, VersionSumsAnswer After, Guid? VersionId, Guid AttemptId)
{
    public static RestoreAnswer Of(RestoredDay day) => new(
        day.DeviceId, day.Day, day.VersionId is not null, new VersionSumsAnswer(day.Before), new VersionSumsAnswer(day.After), day.VersionId, day.AttemptId);
}
