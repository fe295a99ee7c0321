using Ingest.Domain.Audit;

namespace Ingest.Api.Audit;

/// <summary>What something was done to.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Id">Which one; of a device a number that leads nowhere once it is deleted.</param>
/// <param name="Name">What people called it then.</param>
/// <param name="DeviceId">The device, where it is one that is still there.</param>
internal sealed record AuditSubjectAnswer(string Kind, string Id, string? Name, string? DeviceId)
{
    public static AuditSubjectAnswer Of(RecordedEntry recorded) =>
        new(recorded.Entry.Subject.Kind, recorded.Entry.Subject.Id, recorded.Entry.Subject.Name, recorded.DeviceId);
}
