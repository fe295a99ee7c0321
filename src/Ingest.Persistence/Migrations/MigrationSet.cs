using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Ingest.Persistence.Migrations;

/// <summary>The migrations of this program in their order, numbered from 1 without gaps.</summary>
internal sealed partial class MigrationSet
{
    private const string Folder = "migrations/";

    private static readonly Lazy<MigrationSet> Loaded = new(LoadEmbedded);

    public MigrationSet(IEnumerable<KeyValuePair<string, string>> files)
    {
        var all = files.Select(file => Parse(file.Key, file.Value)).OrderBy(migration => migration.Version).ToList();
        for (var index = 0; index < all.Count; index++)
        {
            var version = all[index].Version;
            if (index > 0 && version == all[index - 1].Version)
                throw new MigrationException($"Two migrations have the number {version:0000}: {all[index - 1].Name} and {all[index].Name}.");
            if (version != index + 1)
                throw new MigrationException($"Migration {index + 1:0000} is missing: the next file is {all[index].Name}.");
        }

        All = all;
    }

    /// <summary>The files of <c>migrations/</c> as they were at build time.</summary>
    public static MigrationSet Embedded => Loaded.Value;

    public IReadOnlyList<Migration> All { get; }

    private static MigrationSet LoadEmbedded()
    {
        var assembly = typeof(MigrationSet).Assembly;
        return new MigrationSet(assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
                return KeyValuePair.Create(name[Folder.Length..], reader.ReadToEnd());
            }));
    }

    private static Migration Parse(string file, string text)
    {
        var name = FileName().Match(file);
        if (!name.Success)
            throw new MigrationException($"Migration {file} is not named NNNN_slug.sql.");

        // A checkout that changed the line ends has not changed the migration.
        var sql = text.ReplaceLineEndings("\n");
        var version = int.Parse(name.Groups["version"].ValueSpan, CultureInfo.InvariantCulture);
        return new Migration(version, Path.GetFileNameWithoutExtension(file), sql, SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
    }

    [GeneratedRegex("^(?<version>[0-9]{4})_[a-z0-9_]+\\.sql$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex FileName();
}
