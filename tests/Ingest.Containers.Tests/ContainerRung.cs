using DotNet.Testcontainers.Builders;
using Npgsql;
using Testcontainers.PostgreSql;

namespace Ingest.Testing.Postgres;

/// <summary>The second rung, compiled into Ingest.Testing by UseTestcontainers=true.</summary>
public static partial class TestPostgres
{
    private const string Image = "postgres:15-alpine";

    static partial void OfferContainer(ref Func<Task<TestServer?>>? offer) => offer = StartContainerAsync;

    private static async Task<TestServer?> StartContainerAsync()
    {
        PostgreSqlContainer container;
        try
        {
            container = new PostgreSqlBuilder(Image).Build();
            await container.StartAsync();
        }
        catch (DockerUnavailableException)
        {
            await Console.Error.WriteLineAsync("Containers are compiled in, but no Docker engine answers.");
            return null;
        }

        var connection = new NpgsqlConnectionStringBuilder(container.GetConnectionString()) { GssEncryptionMode = GssEncryptionMode.Disable };
        return new TestServer($"a container of {Image}", connection.ConnectionString, connection.ConnectionString, () => container.DisposeAsync().AsTask());
    }
}
