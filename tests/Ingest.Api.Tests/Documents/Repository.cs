namespace Ingest.Api.Tests.Documents;

/// <summary>The checkout the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Ingest.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("Ingest.sln is nowhere above the tests.");
        return folder;
    }
}
