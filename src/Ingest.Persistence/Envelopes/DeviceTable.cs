using Ingest.Domain.Ledger;
using Npgsql;
using static Ingest.Persistence.Envelopes.Column;

namespace Ingest.Persistence.Envelopes;

/// <summary>The device rows as envelopes leave them.</summary>
internal static class DeviceTable
{
    private static readonly Column<EnvelopeWork>[] Key =
    [
        Text<EnvelopeWork>("workspace_id", work => work.WorkspaceId),
        Text<EnvelopeWork>("device_id", work => work.DeviceId),
    ];

    private static readonly Column<EnvelopeWork>[] Values =
    [
        Text<EnvelopeWork>("label", work => After(work).Label),
        new ValueColumn<EnvelopeWork, int>("clock_epoch", "integer", work => After(work).ClockEpoch),
        new ValueColumn<EnvelopeWork, Guid>("revision", "uuid", work => work.NextRevision),
        Number<EnvelopeWork>("rollup_rows", work => After(work).RollupRows),
        Number<EnvelopeWork>("session_rows", work => After(work).SessionRows),
        Number<EnvelopeWork>("window_rows", work => After(work).WindowRows),
        Number<EnvelopeWork>("quarantined_rows", work => After(work).QuarantinedRows),
        DayOrNull("confirmed_day", progress => progress.ConfirmedDay),
        DayOrNull("continues_after", progress => progress.ContinuesAfter),
        DayOrNull("rewind_from", progress => progress.Rewind?.From),
        InstantOrNull<EnvelopeWork>("rewind_since", work => After(work).Progress.Rewind?.Since),
        Text<EnvelopeWork>("rewind_reason", work => After(work).Progress.Rewind?.Reason.WireName()),
        new ValueColumn<EnvelopeWork, int>("rewind_unheeded", "integer", work => After(work).Progress.Rewind?.Unheeded ?? 0),
        DayOrNull("rewind_held_day", progress => progress.Rewind?.HeldDay),
        new ValueColumn<EnvelopeWork, bool>("rewind_verifies", "boolean", work => After(work).Progress.Rewind?.Verifies ?? false),
        DayOrNull("verify_from", progress => progress.VerifyFrom),
        DayOrNull("requested_from", progress => progress.Requested?.From),
        new ValueColumn<EnvelopeWork, bool>("requested_verify", "boolean", work => After(work).Progress.Requested?.Verifies ?? false),
        InstantOrNull<EnvelopeWork>("look_back_at", work => After(work).Progress.LookBackAt),
        DayOrNull("full_look_back_on", progress => progress.FullLookBackOn),
        InstantOrNull<EnvelopeWork>("shared_seen_at", work => After(work).Progress.SharedSeenAt),
        InstantOrNull<EnvelopeWork>("restored_at", work => After(work).Progress.Gap?.RestoredAt),
        DayOrNull("restored_through", progress => progress.Gap?.Through),
    ];

    private static readonly Column<EnvelopeWork>[] All = [.. Key, .. Values];

    private static readonly string Sql = $"""
        UPDATE devices AS t SET {string.Join(", ", Values.Select(column => $"{column.Name} = d.{column.Name}"))}
        FROM {Unnest(All, "d")}
        WHERE t.workspace_id = d.workspace_id AND t.device_id = d.device_id
        """;

    public static NpgsqlBatchCommand Update(IReadOnlyList<EnvelopeWork> works) => Command(Sql, All, works);

    private static DeviceState After(EnvelopeWork work) => work.Plan!.Device;

    private static ValueColumn<EnvelopeWork, DateOnly?> DayOrNull(string name, Func<DeviceProgress, DateOnly?> dayOf) =>
        new(name, "date", work => dayOf(After(work).Progress));
}
