namespace Ingest.Persistence.Cluster;

/// <summary>The cluster's <c>postgresql.conf</c>: written anew at every start, for a small machine that does other things too.</summary>
internal static class ServerSettings
{
    public static void Write(ClusterLayout layout, int tcpPort, bool durable)
    {
        var listen = layout.SocketDirectory is { } socket
            ? $"""
              listen_addresses = ''
              unix_socket_directories = {Quoted($"\"{socket}\"")}
              unix_socket_permissions = 0700
              """
            : $"""
              listen_addresses = '127.0.0.1'
              port = {tcpPort}
              """;
        var durability = durable
            ? """
              fsync = on
              full_page_writes = on
              """
            : """
              fsync = off
              full_page_writes = off
              """;

        var path = Path.Combine(layout.Cluster, "postgresql.conf");
        File.WriteAllText(path, $"""
            # Written by Ingest at every start; edits here are lost. Change a setting with ALTER SYSTEM.
            {listen}
            {durability}
            synchronous_commit = on
            password_encryption = 'scram-sha-256'
            max_connections = 100
            shared_buffers = 128MB
            wal_compression = on
            max_wal_size = 1GB
            jit = off
            timezone = 'UTC'
            log_timezone = 'UTC'
            lc_messages = 'C'

            # Seven files, one a weekday, each emptied when its day comes again.
            logging_collector = on
            log_directory = {Quoted(layout.Log)}
            log_filename = 'postgres-%a.log'
            log_rotation_age = 1d
            log_rotation_size = 0
            log_truncate_on_rotation = on
            log_checkpoints = off
            # Statements and details would carry what devices sent into a file that nobody erases.
            log_error_verbosity = terse
            log_min_error_statement = panic

            """);

        // A strict umask of the service would lock the server's account out of its own settings; its folder is closed to all others.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    private static string Quoted(string value) =>
        $"'{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";
}
