using Ingest.Domain;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Persistence.Tenancy;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Ingest.Persistence.Identity;

/// <summary>Runs what somebody does about workspaces, people, keys and devices: one transaction each, with its entry in the audit log.</summary>
internal sealed class IdentityTransactions(IDbContextFactory<IngestDbContext> contexts, TimeProvider time)
{
    private const int Tries = 3;

    /// <param name="scope">Whose rows it works on.</param>
    /// <param name="work">What it does; an exception undoes it.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="IdentityException">It cannot be done.</exception>
    /// <exception cref="StoreUnavailableException">The database could not be asked, or nobody knows whether it was done.</exception>
    public Task<T> RunAsync<T>(WorkspaceScope scope, Func<IdentityTransaction, Task<T>> work, CancellationToken cancellation) =>
        AskedAsync(
            async token =>
            {
                for (var tried = 1; ; tried++)
                {
                    try
                    {
                        return await TryAsync(scope, work, token);
                    }
                    catch (Exception failure) when (tried < Tries && DatabaseFailure.Cause(failure) is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected })
                    {
                        // One of two gives way, and may try again: nothing of it was done.
                    }
                }
            },
            cancellation);

    /// <summary>Runs a question to the database; its trouble comes out in words for a person.</summary>
    public static async Task<T> AskedAsync<T>(Func<CancellationToken, Task<T>> question, CancellationToken cancellation)
    {
        try
        {
            return await question(cancellation);
        }
        catch (Exception failure) when (DatabaseFailure.Cause(failure) is { } cause)
        {
            throw new StoreUnavailableException(
                cause is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable }
                    ? "The database has no Ingest schema yet: run the verb \"migrate\" first."
                    : $"The database could not be asked: {cause.Message}",
                failure);
        }
    }

    private async Task<T> TryAsync<T>(WorkspaceScope scope, Func<IdentityTransaction, Task<T>> work, CancellationToken cancellation)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellation);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellation);
        await scope.EnterAsync((NpgsqlConnection)context.Database.GetDbConnection(), cancellation);
        var result = await work(new IdentityTransaction(context, Instant.ToMicroseconds(time.GetUtcNow())));
        await transaction.CommitAsync(cancellation);
        return result;
    }
}
