using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Reconciliation;

/// <summary>Marks on stored days and rows, put there past the service: what leads to them is tested where it is done.</summary>
internal static class Ledgers
{
    public static Task MarkDayAsync(this IngestService service, string device, DateOnly day, string marks) =>
        service.QueryAsync<string>($"UPDATE device_days SET {marks} WHERE device_id = '{device}' AND bucket_day = '{day:yyyy-MM-dd}' RETURNING device_id");

    public static Task MarkRowsAsync(this IngestService service, string device, string where, string marks) =>
        service.QueryAsync<string>($"UPDATE daily_rollups SET {marks} WHERE device_id = '{device}' AND {where} RETURNING device_id");

    public static Task MarkDeviceAsync(this IngestService service, string device, string marks) =>
        service.QueryAsync<string>($"UPDATE devices SET {marks} WHERE device_id = '{device}' RETURNING device_id");

    /// <summary>Notes a change of a closed day, from one row of 49 messages to one of 42.</summary>
    public static Task NoteChangeAsync(this IngestService service, string device, DateOnly day, DateTimeOffset changedAt, Guid versionId) => service.QueryAsync<Guid>(
        $$"""
        INSERT INTO day_versions VALUES ('{{IngestService.WorkspaceId}}', '{{device}}', '{{day:yyyy-MM-dd}}', '{{changedAt:O}}', '{{versionId}}', '{shrank,edited}',
          gen_random_uuid(), gen_random_uuid(), '{{changedAt.AddDays(-2):O}}', 1, 49, 5, 4, 3, 2, 1234567, 10000, 1, 42, 5, 4, 3, 2, 1, 0,
          '[{"bucket_day": "{{day:yyyy-MM-dd}}", "role": "assistant", "provider": "p", "model": "m", "repo_id": "r", "git_branch": "b", "surface": "s", "ticket": "T-1",
             "ticket_source": "branch", "message_count": 49, "input_tokens": 5, "output_tokens": 4, "cache_creation_tokens": 3, "cache_read_tokens": 2,
             "cost_ingested": 1234567, "cost_effective": 10000}]')
        RETURNING version_id
        """);
}
