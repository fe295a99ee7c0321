using Ingest.Domain.Audit;
using Ingest.Domain.Identity;
using Ingest.Persistence.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Ingest.Persistence.Identity;

/// <summary>One such transaction, while it is open.</summary>
/// <param name="Context">For what Entity Framework can say.</param>
/// <param name="Now">The one time of all that is done in it.</param>
internal sealed record IdentityTransaction(IngestDbContext Context, DateTimeOffset Now)
{
    public NpgsqlConnection Connection => (NpgsqlConnection)Context.Database.GetDbConnection();

    /// <summary>A statement with numbered parameters.</summary>
    public NpgsqlCommand Command(string sql, params ReadOnlySpan<NpgsqlParameter> values)
    {
        var command = new NpgsqlCommand(sql, Connection, (NpgsqlTransaction)Context.Database.CurrentTransaction!.GetDbTransaction());
        foreach (var value in values) command.Parameters.Add(value);
        return command;
    }

    public Task<Guid> RecordAsync(string workspaceId, Actor actor, AuditEntry entry, CancellationToken cancellation) =>
        AuditTable.RecordAsync(Connection, workspaceId, actor, Now, entry, cancellation);

    /// <summary>Has every instance forget what it knows of keys, once this is committed.</summary>
    public Task<int> NotifyAsync(string what, CancellationToken cancellation) =>
        Context.Database.ExecuteSqlAsync($"SELECT pg_notify({IdentityChannel.Name}, {what})", cancellation);
}
