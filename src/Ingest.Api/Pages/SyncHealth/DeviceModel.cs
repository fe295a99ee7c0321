using Ingest.Domain.Health;
using Ingest.Domain.Quarantine;
using Ingest.Domain.Reconciliation;

namespace Ingest.Api.Pages.SyncHealth;

/// <summary>One device: what is wrong with it and what to do, and all that tells how it came to that.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Device">Null where nothing of it was ever stored: whoever's envelopes are refused asks here why.</param>
/// <param name="Status">How its sync is doing.</param>
/// <param name="Health">The verdict on it.</param>
/// <param name="Advice">What to do, the state first.</param>
/// <param name="Days">Its calendar, whole weeks from a Monday on.</param>
/// <param name="Attempts">A page of its attempts.</param>
/// <param name="OlderAttempts">The address of the next page of them; null where this is the last.</param>
/// <param name="Changes">The newest changes of its closed days.</param>
/// <param name="Quarantine">The first rows in quarantine.</param>
/// <param name="EnrolThis">The command that makes a code for this very device, where the advice names it.</param>
/// <param name="MayManage">Whether who looks at it decides about devices.</param>
public sealed record DeviceModel(
    string DeviceId,
    FleetDevice? Device,
    DeviceStatus Status,
    Domain.Health.SyncHealth Health,
    IReadOnlyList<DeviceAdvice> Advice,
    IReadOnlyList<CoverageDay> Days,
    AttemptPage Attempts,
    string? OlderAttempts,
    ChangePage Changes,
    QuarantinePage Quarantine,
    string EnrolThis,
    bool MayManage)
{
    public string Title => Device?.Title ?? DeviceId;
}
