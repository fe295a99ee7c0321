using Ingest.Persistence.Cluster;
using Xunit;

namespace Ingest.Testing.Postgres;

/// <summary>
/// Finds a Postgres for the tests, from the most explicit to the most convenient: the one configured in
/// <c>INGEST_TEST_POSTGRES</c>, a container where containers are compiled in and an engine answers, a throw-away cluster from
/// the local binaries. Without any, tests are skipped on a laptop and fail where <c>CI</c> is set.
/// </summary>
public static partial class TestPostgres
{
    private const string Variable = "INGEST_TEST_POSTGRES";
    private const string FolderPrefix = "ingest-test-";
    private const string Gone = ".gone";

    private static readonly Lazy<Task<(TestServer? Server, string Reason)>> Found = new(FindAsync);

    /// <summary>The server, started by the first test that asks and stopped with the process.</summary>
    public static async Task<TestServer> ServerAsync()
    {
        var (server, reason) = await Found.Value;
        if (server is null)
        {
            if (Environment.GetEnvironmentVariable("CI") is null or "" or "false")
                Assert.Skip(reason);
            throw new InvalidOperationException($"CI is set, so tests that need Postgres may not be skipped. {reason}");
        }

        return server;
    }

    /// <summary>Filled in by tests/Ingest.Containers.Tests when the build has UseTestcontainers=true.</summary>
    static partial void OfferContainer(ref Func<Task<TestServer?>>? offer);

    private static async Task<(TestServer? Server, string Reason)> FindAsync()
    {
        var (server, reason) = await ClimbAsync();
        await Console.Error.WriteLineAsync($"Postgres for tests: {server?.Rung ?? reason}");
        if (server?.StopAsync is { } stop)
            AppDomain.CurrentDomain.ProcessExit += (_, _) => stop().GetAwaiter().GetResult();
        return (server, reason);
    }

    private static async Task<(TestServer? Server, string Reason)> ClimbAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } configured)
            return (new TestServer($"configured by {Variable}", configured, configured, StopAsync: null), "");

        Func<Task<TestServer?>>? container = null;
        OfferContainer(ref container);
        if (container is not null && await container() is { } contained)
            return (contained, "");

        try
        {
            return (await StartThrowAwayAsync(), "");
        }
        catch (ClusterException none)
        {
            return (null, $"none. {none.Message}{Environment.NewLine}Or set {Variable} to a connection string that may create databases.");
        }
    }

    private static async Task<TestServer> StartThrowAwayAsync()
    {
        await RemoveAbandonedAsync();
        var folder = Path.Combine(Path.GetTempPath(), FolderPrefix + Guid.NewGuid().ToString("N")[..12]);
        LocalCluster cluster;
        try
        {
            cluster = await LocalCluster.StartAsync(new ClusterOptions(folder) { Durable = false });
        }
        catch
        {
            Remove(folder);
            throw;
        }

        return new TestServer(
            "a throw-away cluster from the local binaries", cluster.AdministratorConnectionString, cluster.ConnectionString, StopAsync);

        async Task StopAsync()
        {
            await cluster.DisposeAsync();
            Remove(folder);
        }
    }

    /// <summary>Renamed first: a process that is ended in the middle of it leaves what the next one knows to be rubbish.</summary>
    private static void Remove(string folder)
    {
        var rubbish = folder.EndsWith(Gone, StringComparison.Ordinal) ? folder : folder + Gone;
        if (rubbish != folder)
            Directory.Move(folder, rubbish);
        try
        {
            Directory.Delete(rubbish, recursive: true);
        }
        catch (Exception gone) when (gone is DirectoryNotFoundException or FileNotFoundException)
        {
            // Another test process, which starts just now, takes it for what it is and removes it, too.
        }
    }

    /// <summary>A test process that was killed, or given no time to end, leaves its folder and its server; nobody else would remove them.</summary>
    private static async Task RemoveAbandonedAsync()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), FolderPrefix + "*"))
        {
            try
            {
                // The password is written under the lock: where it is seen and the lock is free, the holder is gone.
                if (!folder.EndsWith(Gone, StringComparison.Ordinal))
                {
                    if (!File.Exists(Path.Combine(folder, "password")))
                        continue;
                    await using var held = File.Open(Path.Combine(folder, "owner.lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                }

                if (File.Exists(Path.Combine(folder, "postgres", "postmaster.pid")))
                    await (await LocalCluster.StartAsync(new ClusterOptions(folder) { Durable = false })).DisposeAsync();
                Remove(folder);
            }
            catch (Exception inUse) when (inUse is ClusterException or IOException or UnauthorizedAccessException)
            {
                // Another test process works with it, or another user's did.
            }
        }
    }
}
