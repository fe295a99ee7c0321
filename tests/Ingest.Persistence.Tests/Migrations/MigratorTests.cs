using Ingest.Persistence.Migrations;
using Ingest.Testing.Postgres;
using Npgsql;

namespace Ingest.Persistence.Tests.Migrations;

public sealed class MigratorTests : IAsyncLifetime
{
    private static readonly MigrationSet Two = Set(("0001_first.sql", "CREATE TABLE one (n int)"), ("0002_second.sql", "CREATE TABLE two (n int)"));

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync(migrate: false);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task The_embedded_migrations_make_an_empty_database_current()
    {
        (await Migrator.GetStateAsync(_database.DataSource)).Status.ShouldBe(SchemaStatus.Empty);

        var applied = await Migrator.MigrateAsync(_database.DataSource);

        applied.ShouldBe(MigrationSet.Embedded.All.Select(migration => migration.Name));
        (await Migrator.GetStateAsync(_database.DataSource)).ShouldBeEquivalentTo(new SchemaState(SchemaStatus.Current, new List<string>()));
        (await ScalarAsync("SELECT count(*) FROM server_state")).ShouldBe(1L);
    }

    [Fact]
    public async Task Running_again_applies_nothing()
    {
        await Migrator.MigrateAsync(_database.DataSource);
        var before = await ScalarAsync("SELECT string_agg(m::text, ';' ORDER BY version) FROM schema_migrations m");

        (await Migrator.MigrateAsync(_database.DataSource)).ShouldBeEmpty();

        (await ScalarAsync("SELECT string_agg(m::text, ';' ORDER BY version) FROM schema_migrations m")).ShouldBe(before);
    }

    [Fact]
    public async Task A_database_with_another_encoding_is_refused_before_anything_is_made_in_it()
    {
        await using var other = await TestDatabase.CreateAsync("ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
        var refusal = await Should.ThrowAsync<MigrationException>(() => Migrator.MigrateAsync(other.DataSource));
        refusal.Message.ShouldContain("LATIN1");
        (await Migrator.GetStateAsync(other.DataSource)).Status.ShouldBe(SchemaStatus.Empty);
    }

    [Fact]
    public async Task Many_migrators_at_once_apply_once()
    {
        var slow = Set(("0001_first.sql", "CREATE TABLE one (n int); SELECT pg_sleep(0.2); INSERT INTO one VALUES (1)"));

        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Migrator.MigrateAsync(_database.DataSource, slow, null, default)));

        applied.Sum(names => names.Count).ShouldBe(1);
        (await ScalarAsync("SELECT count(*) FROM one")).ShouldBe(1L);
    }

    [Fact]
    public async Task The_clock_that_is_given_stamps_the_migration()
    {
        var clock = new ManualTimeProvider();

        await Migrator.MigrateAsync(_database.DataSource, Two, clock, default);

        (await ScalarAsync("SELECT max(applied_at) FROM schema_migrations")).ShouldBe(clock.GetUtcNow().UtcDateTime);
    }

    [Fact]
    public async Task An_applied_migration_whose_text_changed_is_refused_by_name()
    {
        await Migrator.MigrateAsync(_database.DataSource, Two, null, default);
        var tampered = Set(("0001_first.sql", "CREATE TABLE one (n bigint)"), ("0002_second.sql", "CREATE TABLE two (n int)"));

        var refused = await Should.ThrowAsync<MigrationException>(() => Migrator.MigrateAsync(_database.DataSource, tampered, null, default));

        refused.Message.ShouldContain("0001_first.sql");
        (await Migrator.GetStateAsync(_database.DataSource, tampered, default)).ShouldBeEquivalentTo(
            new SchemaState(SchemaStatus.Altered, new List<string> { "0001_first" }));
    }

    [Fact]
    public async Task A_database_behind_names_what_is_missing_and_gets_only_that()
    {
        await Migrator.MigrateAsync(_database.DataSource, Set(("0001_first.sql", "CREATE TABLE one (n int)")), null, default);

        (await Migrator.GetStateAsync(_database.DataSource, Two, default)).ShouldBeEquivalentTo(
            new SchemaState(SchemaStatus.Behind, new List<string> { "0002_second" }));
        (await Migrator.MigrateAsync(_database.DataSource, Two, null, default)).ShouldBe(["0002_second"]);
    }

    [Fact]
    public async Task A_database_that_a_newer_program_migrated_is_reported_and_left_alone()
    {
        await Migrator.MigrateAsync(_database.DataSource, Two, null, default);
        var older = Set(("0001_first.sql", "CREATE TABLE one (n int)"));

        (await Migrator.GetStateAsync(_database.DataSource, older, default)).ShouldBeEquivalentTo(
            new SchemaState(SchemaStatus.Ahead, new List<string> { "0002_second" }));
        (await Should.ThrowAsync<MigrationException>(() => Migrator.MigrateAsync(_database.DataSource, older, null, default)))
            .Message.ShouldContain("0002_second");
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_nothing_and_keeps_those_before_it()
    {
        var broken = Set(("0001_first.sql", "CREATE TABLE one (n int)"), ("0002_second.sql", "CREATE TABLE two (n int); SELECT 1 / 0"));

        var failed = await Should.ThrowAsync<MigrationException>(() => Migrator.MigrateAsync(_database.DataSource, broken, null, default));

        failed.Message.ShouldContain("0002_second.sql");
        (await ScalarAsync("SELECT to_regclass('two') IS NULL")).ShouldBe(true);
        (await Migrator.MigrateAsync(_database.DataSource, Two, null, default)).ShouldBe(["0002_second"]);
    }

    private static MigrationSet Set(params (string Name, string Sql)[] files) =>
        new(files.Select(file => KeyValuePair.Create(file.Name, file.Sql)));

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
