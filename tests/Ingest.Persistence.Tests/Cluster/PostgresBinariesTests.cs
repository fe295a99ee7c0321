using Ingest.Persistence.Cluster;

namespace Ingest.Persistence.Tests.Cluster;

public sealed class PostgresBinariesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ingest-binaries-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Without_any_binaries_the_message_names_every_remedy()
    {
        var none = await Should.ThrowAsync<ClusterException>(() => FindAsync(dataMajor: null, _folder));

        none.Message.ShouldContain("apt-get install postgresql");
        none.Message.ShouldContain("brew install postgresql@17");
        none.Message.ShouldContain("ConnectionStrings__Ingest");
    }

    [Fact]
    public async Task A_configured_folder_without_binaries_is_named()
    {
        var none = await Should.ThrowAsync<ClusterException>(() => PostgresBinaries.FindAsync(_folder, null, null, CancellationToken.None));

        none.Message.ShouldContain(_folder);
        none.Message.ShouldContain("Embedded:BinDirectory");
    }

    [Fact]
    public async Task The_newest_is_taken_for_a_new_data_directory()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stand-ins are shell scripts.");

        (await FindAsync(dataMajor: null, Install("16.4"), Install("17.2 (Debian 17.2-1)"), Install("14.9"))).Major.ShouldBe(17);
    }

    [Fact]
    public async Task A_data_directory_keeps_the_version_that_made_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stand-ins are shell scripts.");

        (await FindAsync(dataMajor: 16, Install("16.4"), Install("17.2"))).Major.ShouldBe(16);
    }

    [Fact]
    public async Task A_data_directory_of_a_missing_version_names_both()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stand-ins are shell scripts.");
        var installed = Install("17.2");

        var mismatch = await Should.ThrowAsync<ClusterException>(() => FindAsync(dataMajor: 16, installed));

        mismatch.Message.ShouldContain("made by PostgreSQL 16");
        mismatch.Message.ShouldContain($"PostgreSQL 17 ({installed})");
        mismatch.Message.ShouldContain("apt-get install postgresql-16");
        mismatch.Message.ShouldContain("\"ingest backup FILE\", set the data directory aside, \"ingest restore FILE\"");
    }

    [Fact]
    public async Task Too_old_a_version_is_named_with_the_remedies()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stand-ins are shell scripts.");

        var old = await Should.ThrowAsync<ClusterException>(() => FindAsync(dataMajor: null, Install("14.9")));

        old.Message.ShouldContain("PostgreSQL 14");
        old.Message.ShouldContain("apt-get install postgresql");
    }

    [Fact]
    public async Task A_folder_of_links_is_left_for_the_real_one()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stand-ins are shell scripts.");
        var real = Install("16.4");
        var links = Directory.CreateDirectory(Path.Combine(_folder, "links")).FullName;
        foreach (var program in Directory.EnumerateFiles(real))
            File.CreateSymbolicLink(Path.Combine(links, Path.GetFileName(program)), program);

        (await FindAsync(dataMajor: null, links)).Folder.ShouldBe(real);
    }

    private static Task<PostgresBinaries> FindAsync(int? dataMajor, params string[] folders) =>
        PostgresBinaries.FindAsync(configured: null, dataMajor, folders, CancellationToken.None);

    private string Install(string version)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, version.Split(' ')[0], "bin")).FullName;
        foreach (var program in new[] { "initdb", "postgres", "pg_ctl" })
        {
            var path = Path.Combine(folder, program);
            File.WriteAllText(path, $"#!/bin/sh\necho '{program} (PostgreSQL) {version}'\n");
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return folder;
    }
}
