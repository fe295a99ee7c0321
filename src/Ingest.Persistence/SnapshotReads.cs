using System.Data;
using Ingest.Domain;
using Ingest.Persistence.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Ingest.Persistence;

/// <summary>Runs all statements of one answer on one state of the database: an envelope that commits meanwhile is in all of them or in none (P3).</summary>
internal sealed class SnapshotReads(IDbContextFactory<IngestDbContext> contexts)
{
    /// <param name="workspaceId">Whose rows are read.</param>
    /// <param name="read">Reads them.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="StoreUnavailableException">The database could not answer.</exception>
    public Task<T> ReadAsync<T>(string workspaceId, Func<IngestDbContext, Task<T>> read, CancellationToken cancellation) => DatabaseFailure.AskedAsync(async () =>
    {
        await using var context = await contexts.CreateDbContextAsync(cancellation);
        await using var snapshot = await context.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        await WorkspaceScope.Of(workspaceId).EnterAsync((NpgsqlConnection)context.Database.GetDbConnection(), cancellation);
        return await read(context);
    });

    public static NpgsqlCommand Command(IngestDbContext context, FilteredQuery query) => Command(context, query.Text, query.Parameters);

    /// <summary>A statement of the write path's kind on the connection of the context.</summary>
    /// <param name="context">As <see cref="ReadAsync"/> hands it out.</param>
    /// <param name="sql">With numbered parameters.</param>
    /// <param name="values">In their order.</param>
    public static NpgsqlCommand Command(IngestDbContext context, string sql, params ReadOnlySpan<NpgsqlParameter> values)
    {
        var command = new NpgsqlCommand(
            sql, (NpgsqlConnection)context.Database.GetDbConnection(), (NpgsqlTransaction)context.Database.CurrentTransaction!.GetDbTransaction());
        foreach (var value in values) command.Parameters.Add(value);
        return command;
    }
}
