using Npgsql;

namespace Ingest.Persistence.Quarantine;

/// <summary>Stands in for the write path, which does not take single rows yet: every row stays in quarantine, nothing is lost.</summary>
internal sealed class HeldReplayedRows : IReplayedRowWriter
{
    public Task<IReadOnlyList<ReplayFate>> WriteAsync(NpgsqlConnection connection, IReadOnlyList<ReplayedRow> rows, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<ReplayFate>>([.. rows.Select(_ => ReplayFate.Held)]);
}
