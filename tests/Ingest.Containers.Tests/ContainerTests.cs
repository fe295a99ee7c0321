using Ingest.Persistence.Migrations;
using Ingest.Testing.Postgres;

namespace Ingest.Containers.Tests;

public sealed class ContainerTests
{
    [Fact]
    public async Task A_container_takes_the_schema()
    {
        var server = await TestPostgres.ServerAsync();
        Assert.SkipUnless(server.Rung.StartsWith("a container", StringComparison.Ordinal), $"The tests took another rung: {server.Rung}");

        await using var database = await TestDatabase.CreateAsync();

        (await Migrator.GetStateAsync(database.DataSource)).Status.ShouldBe(SchemaStatus.Current);
    }
}
