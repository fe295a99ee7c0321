using Ingest.Persistence.Quarantine;
using Npgsql;

namespace Ingest.Persistence.Tests.Quarantine;

/// <summary>Takes replayed rows in place of the write path, and says of each what the test wants.</summary>
internal sealed class RecordingWriter(Func<ReplayedRow, ReplayFate> fateOf) : IReplayedRowWriter
{
    public List<ReplayedRow> Rows { get; } = [];

    public Task<IReadOnlyList<ReplayFate>> WriteAsync(NpgsqlConnection connection, IReadOnlyList<ReplayedRow> rows, CancellationToken cancellation)
    {
        Rows.AddRange(rows);
        return Task.FromResult<IReadOnlyList<ReplayFate>>([.. rows.Select(fateOf)]);
    }
}
