using System.Data;
using Npgsql;

namespace Ingest.Persistence.Tenancy;

internal static class ScopedTransactionExtensions
{
    /// <summary>Begins a transaction that sees the rows of its workspaces alone.</summary>
    public static async Task<NpgsqlTransaction> BeginAsync(this NpgsqlConnection connection, WorkspaceScope scope, CancellationToken cancellation)
    {
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellation);
        await scope.EnterAsync(connection, cancellation);
        return transaction;
    }
}
