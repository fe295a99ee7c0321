using System.Diagnostics;
using Ingest.Persistence.Cluster;
using Ingest.Persistence.Tenancy;
using Npgsql;

namespace Ingest.Persistence.Tests.Cluster;

public sealed class LocalClusterTests(PreparedCluster prepared) : IClassFixture<PreparedCluster>, IAsyncLifetime
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "ingest-cluster-" + Guid.NewGuid().ToString("N")[..12]);

    /// <summary>Killing a process loses nothing that the system has taken, so most of these need no disk.</summary>
    private ClusterOptions Options => new(_folder) { Durable = false };

    private ClusterLayout Layout => new(_folder);

    public async ValueTask InitializeAsync()
    {
        try
        {
            await PostgresBinaries.FindAsync(null, null, null, CancellationToken.None);
        }
        catch (ClusterException none) when (Environment.GetEnvironmentVariable("CI") is null or "")
        {
            Assert.Skip(none.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!Directory.Exists(_folder))
            return;

        // A test that failed in its middle must not leave a server behind.
        if (Postmaster.Read(Layout.Cluster) is not null)
            await (await LocalCluster.StartAsync(Options)).DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_cluster_of_a_major_version_that_is_not_installed_is_left_alone_with_the_remedy()
    {
        Directory.CreateDirectory(Layout.Cluster);
        await File.WriteAllTextAsync(Path.Combine(Layout.Cluster, "PG_VERSION"), "14\n", TestContext.Current.CancellationToken);

        var refused = await Should.ThrowAsync<ClusterException>(() => LocalCluster.StartAsync(Options));
        refused.Message.ShouldContain("made by PostgreSQL 14");
        refused.Message.ShouldContain("Install PostgreSQL 14 beside it and start again: apt-get install postgresql-14");
        Directory.GetFileSystemEntries(Layout.Cluster).Select(Path.GetFileName).ShouldBe(["PG_VERSION"]);
        await Should.ThrowAsync<ClusterException>(() => LocalCluster.AttachOrStartAsync(Options));
    }

    [Fact]
    public async Task The_first_start_makes_a_cluster_and_the_second_finds_its_data()
    {
        await using (var first = await LocalCluster.StartAsync(Options))
            await ExecuteAsync(first, "CREATE TABLE kept AS SELECT 42 AS answer");

        await using var second = await LocalCluster.StartAsync(Options);

        (await ScalarAsync(second, "SELECT answer FROM kept")).ShouldBe(42);
    }

    [Fact]
    public async Task A_stopped_service_leaves_no_server_running()
    {
        await prepared.CopyToAsync(_folder);
        var cluster = await LocalCluster.StartAsync(Options);
        Postmaster.Read(Layout.Cluster).ShouldNotBeNull();

        await cluster.DisposeAsync();

        Postmaster.Read(Layout.Cluster).ShouldBeNull();
        Directory.EnumerateFileSystemEntries(Layout.Run).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_cluster_is_durable_private_and_not_entered_as_superuser()
    {
        await using var cluster = await LocalCluster.StartAsync(new ClusterOptions(_folder));

        (await ScalarAsync(cluster, "SELECT current_setting('fsync') || current_setting('synchronous_commit')")).ShouldBe("onon");
        (await ScalarAsync(cluster, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")).ShouldBe(false);
        (await ScalarAsync(cluster, "SELECT current_database()::text")).ShouldBe("ingest");
        var wrong = new NpgsqlConnectionStringBuilder(cluster.ConnectionString) { Password = "guess", Pooling = false };
        await using var stranger = new NpgsqlConnection(wrong.ConnectionString);
        (await Should.ThrowAsync<PostgresException>(stranger.OpenAsync)).SqlState.ShouldBe(PostgresErrorCodes.InvalidPassword);
        if (OperatingSystem.IsWindows())
            return;
        (await ScalarAsync(cluster, "SELECT current_setting('listen_addresses')")).ShouldBe("");
        File.GetUnixFileMode(Layout.PasswordFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task What_was_committed_survives_a_killed_server()
    {
        await prepared.CopyToAsync(_folder);
        await using (var first = await LocalCluster.StartAsync(Options))
        {
            await ExecuteAsync(first, "CREATE TABLE kept AS SELECT 42 AS answer");
            using var server = Process.GetProcessById(Postmaster.Read(Layout.Cluster)!.ProcessId);
            server.Kill();
            await server.WaitForExitAsync();
        }

        Postmaster.Read(Layout.Cluster).ShouldNotBeNull("a killed server leaves its file behind");
        await using var second = await LocalCluster.StartAsync(Options);

        (await ScalarAsync(second, "SELECT answer FROM kept")).ShouldBe(42);
    }

    [Fact]
    public async Task A_server_left_running_is_taken_over_and_stopped_by_the_next_service()
    {
        var leftRunning = await LeaveRunningAsync();

        await using (var next = await LocalCluster.StartAsync(Options))
        {
            Postmaster.Read(Layout.Cluster)!.ProcessId.ShouldBe(leftRunning);
            (await ScalarAsync(next, "SELECT 1")).ShouldBe(1);
        }

        Postmaster.Read(Layout.Cluster).ShouldBeNull();
    }

    [Fact]
    public async Task A_cluster_of_before_the_second_wall_gets_its_role_at_the_next_start()
    {
        await prepared.CopyToAsync(_folder);
        await using (var older = await LocalCluster.StartAsync(Options))
        {
            await using var administrator = NpgsqlDataSource.Create(older.AdministratorConnectionString);
            await using var drop = administrator.CreateCommand($"DROP ROLE {SecondWall.Role}");
            await drop.ExecuteNonQueryAsync();
        }

        await using var cluster = await LocalCluster.StartAsync(Options);
        (await ScalarAsync(cluster, $"SELECT pg_has_role('{SecondWall.Role}', 'MEMBER')")).ShouldBe(true);
    }

    [Fact]
    public async Task A_second_service_on_the_same_directory_is_refused_by_name()
    {
        await prepared.CopyToAsync(_folder);
        await using var first = await LocalCluster.StartAsync(Options);

        var refused = await Should.ThrowAsync<ClusterException>(() => LocalCluster.StartAsync(Options));

        refused.Message.ShouldContain("already running");
        refused.Message.ShouldContain(_folder);
        (await ScalarAsync(first, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_verb_uses_the_running_cluster_and_leaves_it_running()
    {
        await prepared.CopyToAsync(_folder);
        await using var service = await LocalCluster.StartAsync(Options);

        await using (var verb = await LocalCluster.AttachOrStartAsync(Options))
            await ExecuteAsync(verb, "CREATE TABLE made_by_verb AS SELECT 42 AS answer");

        (await ScalarAsync(service, "SELECT answer FROM made_by_verb")).ShouldBe(42);
    }

    [Fact]
    public async Task A_verb_without_a_service_starts_the_cluster_and_stops_it_after_its_guests()
    {
        await prepared.CopyToAsync(_folder);
        var verb = await LocalCluster.AttachOrStartAsync(Options);
        var guest = await LocalCluster.AttachOrStartAsync(Options);

        var stopped = verb.DisposeAsync().AsTask();
        (await ScalarAsync(guest, "SELECT 1")).ShouldBe(1);
        stopped.IsCompleted.ShouldBeFalse();
        await guest.DisposeAsync();
        await stopped;

        Postmaster.Read(Layout.Cluster).ShouldBeNull();
    }

    [Fact]
    public async Task A_verb_leaves_a_server_running_that_it_found_running()
    {
        var leftRunning = await LeaveRunningAsync();

        await using (var verb = await LocalCluster.AttachOrStartAsync(Options))
            (await ScalarAsync(verb, "SELECT 1")).ShouldBe(1);

        Postmaster.Read(Layout.Cluster)!.ProcessId.ShouldBe(leftRunning);
    }

    [Fact]
    public async Task A_kill_in_the_middle_of_initdb_is_forgotten()
    {
        Directory.CreateDirectory(Layout.Unfinished);
        await File.WriteAllTextAsync(Path.Combine(Layout.Unfinished, "PG_VERSION"), "15");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder, (UnixFileMode)Convert.ToInt32("755", 8));

        await using var cluster = await LocalCluster.StartAsync(Options);

        (await ScalarAsync(cluster, "SELECT 1")).ShouldBe(1);
        Directory.Exists(Layout.Unfinished).ShouldBeFalse();
    }

    [Fact]
    public async Task A_data_directory_with_a_long_odd_path_works()
    {
        var folder = Path.Combine(_folder, new string('x', 100), "it's, a place");
        var options = new ClusterOptions(folder) { Durable = false };

        await using (var cluster = await LocalCluster.StartAsync(options))
            (await ScalarAsync(cluster, "SELECT 1")).ShouldBe(1);

        if (!OperatingSystem.IsWindows())
            Directory.Exists(new ClusterLayout(folder).SocketDirectory).ShouldBeFalse();
    }

    [Theory]
    [InlineData("a \"quote\"")]
    [InlineData("a $variable")]
    public async Task A_path_that_a_shell_would_read_otherwise_is_refused(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no shell between pg_ctl and Postgres on Windows.");

        var refused = await Should.ThrowAsync<ClusterException>(() => LocalCluster.StartAsync(new ClusterOptions(Path.Combine(_folder, name))));

        refused.Message.ShouldContain(name);
    }

    [Fact]
    public async Task A_lost_password_file_is_named()
    {
        await prepared.CopyToAsync(_folder);
        File.Delete(Layout.PasswordFile);

        var refused = await Should.ThrowAsync<ClusterException>(() => LocalCluster.StartAsync(Options));

        refused.Message.ShouldContain(Layout.PasswordFile);
    }

    /// <summary>What kill -9 of a service leaves: the server runs, and nobody holds the directory.</summary>
    private async Task<int> LeaveRunningAsync()
    {
        await prepared.CopyToAsync(_folder);
        var account = await ServerAccount.ForClusterAsync(Layout.Cluster, CancellationToken.None);
        var binaries = await PostgresBinaries.FindAsync(null, Layout.MajorVersion(), null, CancellationToken.None);
        var started = await ServerCommand.RunAsync(
            account, binaries.PgCtl, ["start", "-w", "-D", Layout.Cluster, "-l", Layout.StartLog], CancellationToken.None);
        started.Succeeded.ShouldBeTrue(started.Output);
        return Postmaster.Read(Layout.Cluster)!.ProcessId;
    }

    private static async Task ExecuteAsync(LocalCluster cluster, string sql)
    {
        await using var dataSource = NpgsqlDataSource.Create(cluster.ConnectionString);
        await using var command = dataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<object?> ScalarAsync(LocalCluster cluster, string sql)
    {
        await using var dataSource = NpgsqlDataSource.Create(cluster.ConnectionString);
        await using var command = dataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
