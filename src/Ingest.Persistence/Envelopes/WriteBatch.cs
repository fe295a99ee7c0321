using Npgsql;

namespace Ingest.Persistence.Envelopes;

/// <summary>What a transaction writes, in one round trip, with the number of rows each statement has to find.</summary>
internal sealed class WriteBatch(NpgsqlConnection connection) : IAsyncDisposable
{
    private readonly NpgsqlBatch _batch = new(connection);
    private readonly List<(NpgsqlBatchCommand Command, int Rows)> _expected = [];

    public void Add(NpgsqlBatchCommand command) => _batch.BatchCommands.Add(command);

    /// <param name="command">An update of rows that are known to stand there.</param>
    /// <param name="rows">How many it has to find.</param>
    public void Add(NpgsqlBatchCommand command, int rows)
    {
        Add(command);
        _expected.Add((command, rows));
    }

    /// <exception cref="RowsMovedException">A row is not where it should be; the transaction must not be committed.</exception>
    public async Task ExecuteAsync(CancellationToken cancellation)
    {
        await _batch.ExecuteNonQueryAsync(cancellation);
        foreach (var (command, rows) in _expected)
        {
            if (command.RecordsAffected != rows) throw new RowsMovedException(command.RecordsAffected, rows);
        }
    }

    public ValueTask DisposeAsync() => _batch.DisposeAsync();
}
