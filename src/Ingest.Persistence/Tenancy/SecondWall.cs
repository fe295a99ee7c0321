using Npgsql;

namespace Ingest.Persistence.Tenancy;

/// <summary>
/// The role that the service works as. It owns nothing, so that the policies of the tables bind it, and it may read and write rows and nothing else:
/// no table is made, changed or emptied, and no policy taken away, with what the service can do.
/// </summary>
internal static class SecondWall
{
    public const string Role = "ingest_service";

    /// <summary>For each new session. Where the role is absent, or not this account's to take, the session stays what it is: the first wall stands alone.</summary>
    public const string Enter = $"SELECT set_config('role', rolname, false) FROM pg_roles WHERE rolname = '{Role}' AND pg_has_role(oid, 'MEMBER')";

    /// <summary>
    /// Makes the role where this account may make roles (otherwise somebody who may has to: docs/operations.md), and lets it at the rows of all tables
    /// that this account owns. Which tables there are is what a database owner can tell: those of other programs beside them are left alone.
    /// </summary>
    public const string Equip = $"""
        DO $$
        DECLARE
            owned regclass;
        BEGIN
            BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{Role}') THEN
                    CREATE ROLE {Role} NOLOGIN;
                    GRANT {Role} TO CURRENT_USER;
                END IF;
            EXCEPTION
                WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN NULL;
            END;
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{Role}') THEN RETURN; END IF;

            EXECUTE format('GRANT USAGE ON SCHEMA %I TO {Role}', current_schema());
            FOR owned IN
                SELECT c.oid FROM pg_class AS c
                WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND pg_has_role(c.relowner, 'MEMBER')
                  AND (c.relrowsecurity OR c.relname IN ('server_state', 'schema_migrations'))
            LOOP
                EXECUTE format('GRANT %s ON %s TO {Role}',
                    CASE owned::text WHEN 'schema_migrations' THEN 'SELECT' WHEN 'server_state' THEN 'SELECT, UPDATE' WHEN 'audit_log' THEN 'SELECT, INSERT' ELSE 'SELECT, INSERT, UPDATE, DELETE' END,
                    owned);
            END LOOP;
        END
        $$
        """;

    private const string IsUp = "SELECT row_security_active('daily_rollups')";

    /// <summary>Done again it changes nothing.</summary>
    /// <param name="connection">Of the account that owns the tables.</param>
    /// <param name="cancellation">Ends the call.</param>
    public static async Task EquipAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Equip, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Whether policies bind the sessions of this source.</summary>
    public static async Task<bool> IsUpAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var batch = new ScopedBatch(database, WorkspaceScope.All);
        batch.Add(IsUp);
        return await batch.ReadValueAsync(cancellation) is true;
    }
}
