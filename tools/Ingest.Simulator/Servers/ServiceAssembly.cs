namespace Ingest.Simulator.Servers;

/// <summary>The built service that --own runs.</summary>
internal sealed record ServiceAssembly(string File)
{
    private static readonly string[] Configurations = ["Release", "Debug"];

    /// <param name="given">As asked for, or null: that of the checkout this program was built from.</param>
    public static ServiceAssembly Find(string? given)
    {
        if (given is not null)
            return System.IO.File.Exists(given) ? new ServiceAssembly(Path.GetFullPath(given)) : throw new ServerException($"There is no {given}.");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!System.IO.File.Exists(Path.Combine(folder.FullName, "Ingest.sln"))) continue;
            var built = Configurations
                .Select(configuration => new FileInfo(Path.Combine(folder.FullName, "src", "Ingest.Api", "bin", configuration, "net10.0", "ingest.dll")))
                .Where(file => file.Exists).MaxBy(file => file.LastWriteTimeUtc);
            return built is null
                ? throw new ServerException("The service is not built: dotnet build -c Release, or name it with --service, or a running server with --server.")
                : new ServiceAssembly(built.FullName);
        }

        throw new ServerException("This program is not in a checkout: name the service with --service, or a running server with --server.");
    }
}
