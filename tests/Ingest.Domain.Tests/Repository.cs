namespace Ingest.Domain.Tests;

/// <summary>Where the files of the repository are, found from the folder the tests run in.</summary>
internal static class Repository
{
    private static readonly Lazy<string> Root = new(() =>
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Ingest.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException("The tests do not run inside the repository.");
    });

    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root.Value, .. parts]);

    /// <summary>Envelopes as daemons of each era send them, in the folder beside the repository where there is one.</summary>
    public static IReadOnlyList<string> Samples()
    {
        var folder = new DirectoryInfo(PathOf("..", "shared", "samples"));
        return folder.Exists ? [.. folder.GetFiles("*.json").Select(file => file.FullName).Order(StringComparer.Ordinal)] : [];
    }
}
