using Npgsql;

namespace Ingest.Persistence.Tenancy;

/// <summary>Statements in one round trip, which is one transaction: what they see is the rows of their workspaces.</summary>
internal sealed class ScopedBatch : IAsyncDisposable
{
    private readonly NpgsqlBatch _batch;

    public ScopedBatch(NpgsqlDataSource database, WorkspaceScope scope)
    {
#pragma warning disable RS0030 // This is the scope.
        _batch = database.CreateBatch();
#pragma warning restore RS0030
        _batch.BatchCommands.Add(scope.ToCommand());
    }

    public int TimeoutSeconds
    {
        set => _batch.Timeout = value;
    }

    /// <summary>Adds a statement, and returns its parameters to be filled.</summary>
    public NpgsqlParameterCollection Add(string sql)
    {
        var command = new NpgsqlBatchCommand(sql);
        _batch.BatchCommands.Add(command);
        return command.Parameters;
    }

    public void Add(FilteredQuery query)
    {
        var parameters = Add(query.Text);
        foreach (var value in query.Parameters) parameters.Add(value);
    }

    public void Add(NpgsqlBatchCommand command) => _batch.BatchCommands.Add(command);

    /// <summary>The answer to the first statement; those to the others follow.</summary>
    public async Task<NpgsqlDataReader> ReadAsync(CancellationToken cancellation)
    {
        var reader = await _batch.ExecuteReaderAsync(cancellation);
        try
        {
            // Past the answer of the scope.
            await reader.NextResultAsync(cancellation);
            return reader;
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    }

    /// <summary>The first value of the answer to the first statement; null where there is none.</summary>
    public async Task<object?> ReadValueAsync(CancellationToken cancellation)
    {
        await using var reader = await ReadAsync(cancellation);
        return await reader.ReadAsync(cancellation) && !await reader.IsDBNullAsync(0, cancellation) ? reader.GetValue(0) : null;
    }

    /// <returns>Rows that were written.</returns>
    public Task<int> ExecuteAsync(CancellationToken cancellation) => _batch.ExecuteNonQueryAsync(cancellation);

    public ValueTask DisposeAsync() => _batch.DisposeAsync();
}
