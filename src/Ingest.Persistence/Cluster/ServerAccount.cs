using System.Globalization;

namespace Ingest.Persistence.Cluster;

/// <summary>The unprivileged account Postgres runs under when the service itself is root: Postgres refuses to be root.</summary>
internal sealed record ServerAccount(string Name, uint UserId, uint GroupId)
{
    private static readonly string[] SystemFolders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];

    /// <summary>Null where the service is not root and Postgres simply runs as the same user.</summary>
    public static async Task<ServerAccount?> ForClusterAsync(string clusterDirectory, CancellationToken cancellation)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
            return null;

        // An existing cluster keeps its owner: an account "postgres" may have been installed since it was made by "nobody".
        if (Directory.Exists(clusterDirectory) && await OwnerOfAsync(clusterDirectory, cancellation) is { } owner)
            return owner;
        return Accounts().FirstOrDefault(account => account.Name == "postgres")
            ?? Accounts().FirstOrDefault(account => account.Name == "nobody")
            ?? throw new ClusterException(
                "Postgres does not run as root, and this machine has neither a user 'postgres' nor 'nobody' to run it as. " +
                "Start the service as another user, or create one: useradd --system postgres");
    }

    public (string File, IReadOnlyList<string> Arguments) Wrap(string program, IReadOnlyList<string> arguments)
    {
        if (Locate("setpriv") is { } setpriv)
            return (setpriv, [$"--reuid={UserId}", $"--regid={GroupId}", "--clear-groups", "--", program, .. arguments]);
        if (Locate("runuser") is { } runuser)
            return (runuser, ["-u", Name, "--", program, .. arguments]);
        throw new ClusterException(
            $"Postgres does not run as root, and neither setpriv nor runuser (package util-linux) is there to run it as '{Name}'. " +
            "Install util-linux or start the service as another user.");
    }

    /// <summary>Hands paths over to this account.</summary>
    public async Task TakeAsync(IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        var result = await ServerCommand.RunAsync(null, "chown", ["-R", $"{UserId}:{GroupId}", "--", .. paths], cancellation);
        if (!result.Succeeded)
            throw new ClusterException($"The cluster's folders could not be given to the user '{Name}': {result.Output}");
    }

    private static async Task<ServerAccount?> OwnerOfAsync(string path, CancellationToken cancellation)
    {
        var result = await ServerCommand.RunAsync(null, "stat", ["-c", "%u %g", "--", path], cancellation);
        var ids = result.Output.Split(' ');
        if (!result.Succeeded || ids.Length != 2
            || !uint.TryParse(ids[0], CultureInfo.InvariantCulture, out var user)
            || !uint.TryParse(ids[1], CultureInfo.InvariantCulture, out var group))
            return null;

        // Owned by root: a backup unpacked by root. It is given to the usual account.
        if (user == 0)
            return null;
        return Accounts().FirstOrDefault(account => account.UserId == user) ?? new ServerAccount(ids[0], user, group);
    }

    private static IEnumerable<ServerAccount> Accounts()
    {
        foreach (var line in File.ReadLines("/etc/passwd"))
        {
            var fields = line.Split(':');
            if (fields.Length > 3
                && uint.TryParse(fields[2], CultureInfo.InvariantCulture, out var user)
                && uint.TryParse(fields[3], CultureInfo.InvariantCulture, out var group)
                && user != 0)
                yield return new ServerAccount(fields[0], user, group);
        }
    }

    private static string? Locate(string program) =>
        SystemFolders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
