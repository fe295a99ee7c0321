using Npgsql;

namespace Ingest.Persistence.Tenancy;

/// <summary>
/// The workspaces that one transaction works for. Row-level security shows it, and lets it write, rows of these alone: a statement that forgets its
/// workspace finds nothing instead of everybody's.
/// </summary>
internal readonly struct WorkspaceScope
{
    private const string Set = "SELECT set_config('ingest.workspaces', $1, true)";

    private readonly string _workspaces;

    private WorkspaceScope(string workspaces) => _workspaces = workspaces;

    /// <summary>For what has no workspace yet, or works for all: looking up a key, identity as operators see it, upkeep.</summary>
    public static WorkspaceScope All { get; } = new("*");

    public static WorkspaceScope Of(string workspaceId) => new(workspaceId);

    public static WorkspaceScope Of(IEnumerable<string> workspaceIds) => new(string.Join(' ', workspaceIds.Distinct(StringComparer.Ordinal)));

    /// <summary>Goes before the statements it is for, in their transaction, and answers one row that nobody wants.</summary>
    public NpgsqlBatchCommand ToCommand() => new(Set) { Parameters = { new NpgsqlParameter<string> { TypedValue = _workspaces } } };

    /// <summary>For the rest of the transaction that is open.</summary>
    public async Task EnterAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Set, connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = _workspaces } } };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
