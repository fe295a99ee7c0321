namespace Ingest.Testing;

/// <summary>The checkout the tests were built from.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    public static string Read(string path) => File.ReadAllText(PathOf(path));

    /// <summary>Envelopes as daemons of each era send them, in the folder beside the repository where there is one.</summary>
    public static IReadOnlyList<string> Samples()
    {
        var folder = new DirectoryInfo(PathOf("..", "shared", "samples"));
        return folder.Exists ? [.. folder.GetFiles("*.json").Select(file => file.FullName).Order(StringComparer.Ordinal)] : [];
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Ingest.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("Ingest.sln is nowhere above the tests.");
        return folder;
    }
}
