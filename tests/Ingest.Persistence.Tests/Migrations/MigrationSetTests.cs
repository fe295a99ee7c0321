using Ingest.Persistence.Migrations;

namespace Ingest.Persistence.Tests.Migrations;

public sealed class MigrationSetTests
{
    [Fact]
    public void Migrations_are_ordered_by_number() =>
        Load("0002_b.sql", "0001_a.sql").All.Select(migration => migration.Name).ShouldBe(["0001_a", "0002_b"]);

    [Fact]
    public void A_gap_is_refused() =>
        Should.Throw<MigrationException>(() => Load("0001_a.sql", "0003_c.sql")).Message.ShouldContain("0002 is missing");

    [Fact]
    public void A_number_twice_is_refused() =>
        Should.Throw<MigrationException>(() => Load("0001_a.sql", "0001_b.sql")).Message.ShouldContain("0001_a and 0001_b");

    [Theory]
    [InlineData("1_a.sql")]
    [InlineData("0001-a.sql")]
    [InlineData("0001_A.sql")]
    [InlineData("0001_a.txt")]
    public void A_name_that_would_not_sort_is_refused(string file) =>
        Should.Throw<MigrationException>(() => Load(file)).Message.ShouldContain(file);

    [Fact]
    public void Line_ends_do_not_change_a_checksum()
    {
        var unix = new MigrationSet([KeyValuePair.Create("0001_a.sql", "SELECT 1;\nSELECT 2;\n")]);
        var windows = new MigrationSet([KeyValuePair.Create("0001_a.sql", "SELECT 1;\r\nSELECT 2;\r\n")]);

        windows.All[0].Checksum.ShouldBe(unix.All[0].Checksum);
    }

    private static MigrationSet Load(params string[] files) => new(files.Select(file => KeyValuePair.Create(file, "SELECT 1")));
}
