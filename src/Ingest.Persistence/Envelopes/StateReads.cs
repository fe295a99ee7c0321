using Ingest.Persistence.Tenancy;
using Npgsql;

namespace Ingest.Persistence.Envelopes;

/// <summary>Several questions about several envelopes in one round trip. Every row of an answer begins with the place of the envelope it belongs to.</summary>
internal sealed class StateReads(NpgsqlConnection connection, IReadOnlyList<EnvelopeWork> works) : IAsyncDisposable
{
    private readonly NpgsqlBatch _batch = new(connection);
    private readonly List<Action<NpgsqlDataReader, EnvelopeWork>> _readers = [];

    /// <summary>Asks about rows that envelopes name; nothing where they name none.</summary>
    /// <param name="sql">Takes the places of the envelopes, their workspaces and devices, and the keys of the rows.</param>
    /// <param name="rowsOf">What an envelope asks for.</param>
    /// <param name="read">Takes a row of the answer.</param>
    /// <param name="keys">The keys beside workspace and device.</param>
    public void Add<TRow>(
        string sql, Func<EnvelopeWork, IEnumerable<TRow>> rowsOf, Action<NpgsqlDataReader, EnvelopeWork> read, params ReadOnlySpan<Column<TRow>> keys)
    {
        var rows = new List<TRow>();
        var places = new List<int>();
        var workspaces = new List<string>();
        var devices = new List<string>();
        for (var place = 0; place < works.Count; place++)
        {
            foreach (var row in rowsOf(works[place]))
            {
                rows.Add(row);
                places.Add(place);
                workspaces.Add(works[place].WorkspaceId);
                devices.Add(works[place].DeviceId);
            }
        }

        if (rows.Count == 0) return;
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. places] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. workspaces] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. devices] });
        foreach (var key in keys) command.Parameters.Add(key.Bind(rows));
        Add(command, read);
    }

    public void Add(NpgsqlBatchCommand command, Action<NpgsqlDataReader, EnvelopeWork> read)
    {
        _batch.BatchCommands.Add(command);
        _readers.Add(read);
    }

    public async Task ExecuteAsync(CancellationToken cancellation)
    {
        if (_readers.Count == 0) return;
        _batch.BatchCommands.Insert(0, WorkspaceScope.Of(works.Select(work => work.WorkspaceId)).ToCommand());
        await using var reader = await _batch.ExecuteReaderAsync(cancellation);
        foreach (var read in _readers)
        {
            // Past the answer before, the first of which is that of the scope.
            await reader.NextResultAsync(cancellation);
            while (await reader.ReadAsync(cancellation)) read(reader, works[reader.GetInt32(0)]);
        }
    }

    public ValueTask DisposeAsync() => _batch.DisposeAsync();
}
