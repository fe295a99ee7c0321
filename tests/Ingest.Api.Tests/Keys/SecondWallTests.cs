using Ingest.Domain.Identity;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Faults;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Ingest.Api.Tests.Keys;

/// <summary>
/// P8, should a statement of the service ever forget its workspace: the sessions that the service itself works with are used to attack, with statements
/// as an injection would bring them.
/// </summary>
public sealed class SecondWallTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const string Own = IngestService.WorkspaceId;
    private const string Theirs = "ws_behind_the_wall";

    /// <summary>What the policies leave to be found without a workspace: nothing of this is anybody's.</summary>
    private static readonly string[] Open = ["schema_migrations", "server_state"];

    private NpgsqlDataSource Service => fixture.Service.Services.GetRequiredService<NpgsqlDataSource>();

    [Fact]
    public async Task Every_table_with_a_workspace_stands_behind_the_wall_and_there_are_no_others()
    {
        (await fixture.Service.QueryAsync<string>("""
            SELECT c.relname::text FROM pg_class AS c
            WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
              AND NOT (c.relrowsecurity AND EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid AND p.polcmd = '*' AND p.polroles = '{0}'))
            ORDER BY 1
            """)).ShouldBe(Open);
        (await fixture.Service.QueryAsync<long>("SELECT count(*) FROM pg_policy WHERE NOT polpermissive OR polname <> 'workspaces_of_the_transaction'"))[0].ShouldBe(0);
        (await AskAsync("", "SELECT row_security_active('daily_rollups')")).ShouldBe(true);
    }

    [Fact, Fault(FaultArea.Walls, "Statements without a workspace, as an injection would bring them, in the service's own sessions", "P8")]
    public async Task A_transaction_sees_and_changes_the_rows_of_its_workspaces_alone()
    {
        using var other = await fixture.ClientAsync("eve", UserRole.Manager, Theirs);
        (await other.PostEnvelopeAsync(Envelope(Theirs, "not-a-uuid"))).ShouldBeStored();
        (await fixture.Service.PostAsync(Envelope(Own, ServiceFixture.NewDevice()))).ShouldBeStored();
        await Eventually.TrueAsync(async () => await fixture.CountAsync("device_contacts", "not-a-uuid") == 1, "the contact is written");
        var tables = await fixture.Service.QueryAsync<string>(
            "SELECT c.relname::text FROM pg_class AS c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relrowsecurity ORDER BY 1");
        var attacks = 0;
        foreach (var table in tables)
        {
            (await AskAsync("", $"SELECT count(*) FROM {table}")).ShouldBe(0L, table);
            (await AskAsync("ws_nobody", $"SELECT count(*) FROM {table}")).ShouldBe(0L, table);
            (await AskAsync(Own, $"SELECT count(*) FROM {table} WHERE workspace_id <> '{Own}'")).ShouldBe(0L, table);
            if (table == "audit_log")
            {
                // What was written there, nobody changes, not even what is one's own.
                foreach (var statement in new[] { "DELETE FROM audit_log", "UPDATE audit_log SET action = action", "TRUNCATE audit_log" }) await ShouldBeForbiddenAsync("*", statement);
                attacks += 6;
                continue;
            }

            (await AskAsync(Own, $"WITH gone AS (DELETE FROM {table} WHERE workspace_id = '{Theirs}' RETURNING 1) SELECT count(*) FROM gone")).ShouldBe(0L, table);
            (await AskAsync(Own, $"WITH mine AS (UPDATE {table} SET workspace_id = workspace_id WHERE workspace_id = '{Theirs}' RETURNING 1) SELECT count(*) FROM mine"))
                .ShouldBe(0L, table);
            attacks += 5;
        }

        // Moved over, or put there.
        foreach (var table in new[] { "daily_rollups", "devices", "device_days", "session_summaries" })
        {
            await ShouldBeForbiddenAsync(Own, $"UPDATE {table} SET workspace_id = '{Theirs}'");
            var columns = await fixture.Service.ColumnsAsync(table);
            await ShouldBeForbiddenAsync(
                Own, $"INSERT INTO {table} ({columns}) SELECT {columns} FROM (SELECT (jsonb_populate_record(t, jsonb_build_object('workspace_id', '{Theirs}'))).* FROM {table} AS t) AS r");
            attacks += 2;
        }

        // A condition that would tell of a row by failing on it is not asked of rows that are not seen.
        (await AskAsync(Own, "SELECT count(*) FROM devices WHERE device_id::uuid IS NOT NULL")).ShouldBe(1L);
        (await AskAsync(Own, $"SELECT count(*) FROM devices AS d JOIN users AS u ON true WHERE u.workspace_id = '{Theirs}'")).ShouldBe(0L);
        (await AskAsync($"{Own} {Theirs}", "SELECT count(*) FROM devices")).ShouldBe(2L);

        // What the role is not allowed at all, whatever the workspaces.
        string[] forbidden =
        [
            "ALTER TABLE daily_rollups DISABLE ROW LEVEL SECURITY", "DROP POLICY workspaces_of_the_transaction ON daily_rollups", "DROP TABLE daily_rollups",
            "TRUNCATE daily_rollups", "CREATE TABLE beside (id integer)", "CREATE POLICY more ON devices USING (true)", "ALTER TABLE devices OWNER TO ingest_service",
            "DELETE FROM server_state", "DELETE FROM schema_migrations", "INSERT INTO schema_migrations VALUES (99, 'x', '', now())",
            "CREATE ROLE another", "ALTER ROLE ingest_service BYPASSRLS", "COPY daily_rollups TO PROGRAM 'true'", "SELECT pg_read_file('/etc/hostname')",
        ];
        foreach (var statement in forbidden) await ShouldBeForbiddenAsync("*", statement);
        attacks += forbidden.Length + 3;

        (await other.StatusOfAsync("not-a-uuid")).ShouldBeStored()["total_rollup_records"]!.GetValue<long>().ShouldBe(1);
        FaultRun.Report($"{attacks} statements on {tables.Count} tables", "no row of another workspace seen, changed, taken or made");
    }

    /// <summary>The answer within a transaction that works for the workspaces, taken back afterwards.</summary>
    private async Task<object?> AskAsync(string workspaces, string sql)
    {
        await using var connection = await Service.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var scope = new NpgsqlCommand("SELECT set_config('ingest.workspaces', $1, true)", connection) { Parameters = { new NpgsqlParameter { Value = workspaces } } };
        await scope.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private async Task ShouldBeForbiddenAsync(string workspaces, string sql) =>
        (await Should.ThrowAsync<PostgresException>(() => AskAsync(workspaces, sql), sql)).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege, sql);

    private static EnvelopeBuilder Envelope(string workspace, string device) =>
        EnvelopeBuilder.For(workspace).Device(device).Rollup(ServiceFixture.Today).Session("s").Window(ServiceFixture.Start).RawRollup("""{"bucket_day": "2026-05-14"}""");
}
