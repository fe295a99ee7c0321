namespace Ingest.Testing.Postgres;

/// <summary>The Postgres that all tests of this process share, each test class in a database of its own.</summary>
/// <param name="Rung">Where it came from, in words.</param>
/// <param name="AdministratorConnectionString">May create and drop databases.</param>
/// <param name="ConnectionString">The account the service would use; its database is replaced.</param>
/// <param name="StopAsync">Ends what this process started; null where it started nothing.</param>
public sealed record TestServer(string Rung, string AdministratorConnectionString, string ConnectionString, Func<Task>? StopAsync);
