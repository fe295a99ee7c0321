using Ingest.Api.Tests.Plumbing;
using Ingest.Persistence;
using Ingest.Persistence.Migrations;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ingest.Api.Tests.Startup;

/// <summary>An account that was not given the role of the second wall serves all the same, and says that the wall is down.</summary>
public sealed class UnwalledTests
{
    [Fact]
    public async Task Without_its_role_the_service_works_and_warns_and_with_it_the_wall_is_up()
    {
        var server = await TestPostgres.ServerAsync();
        await using var database = await TestDatabase.CreateAsync(migrate: false);
        var alone = $"alone_{Guid.NewGuid():N}";
        var name = new NpgsqlConnectionStringBuilder(database.ConnectionString).Database;
        await using var administrator = NpgsqlDataSource.Create(server.AdministratorConnectionString);
        await ExecuteAsync($"CREATE ROLE {alone} LOGIN PASSWORD '{alone}'; ALTER DATABASE {name} OWNER TO {alone}");
        try
        {
            var account = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = alone, Password = alone, Pooling = false }.ConnectionString;
            await using var owner = NpgsqlDataSource.Create(account);
            await using var unwalled = await IngestService.StartAsync(database, null, ("ConnectionStrings:Ingest", account));
            using var log = new RecordedLog();
            unwalled.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
            await Migrator.MigrateAsync(owner);
            await ReadyAsync(unwalled);
            log.Ours.ShouldContain(line => line.Contains("Row-level security does not bind this service", StringComparison.Ordinal));

            await ExecuteAsync($"GRANT ingest_service TO {alone}");
            await using var walled = await IngestService.StartAsync(database, null, ("ConnectionStrings:Ingest", account));
            await ReadyAsync(walled);
            (await walled.Services.GetRequiredService<ServerDatabase>().EnterSecondWallAsync(default)).ShouldBeTrue();
        }
        finally
        {
            await ExecuteAsync($"DROP DATABASE {name} WITH (FORCE)");
            await ExecuteAsync($"DROP ROLE {alone}");
        }

        async Task ExecuteAsync(string sql)
        {
            await using var connection = await administrator.OpenConnectionAsync();
            foreach (var statement in sql.Split("; "))
            {
                await using var command = new NpgsqlCommand(statement, connection);
                await command.ExecuteNonQueryAsync();
            }
        }

        static Task ReadyAsync(IngestService service) => Eventually.TrueAsync(
            async () => (int)(await service.PostAsync(ServiceFixture.Envelope(ServiceFixture.NewDevice()).Rollup(ServiceFixture.Today))).Status == 200, "it stores");
    }
}
