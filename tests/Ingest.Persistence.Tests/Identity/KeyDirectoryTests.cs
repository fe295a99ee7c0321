using System.Diagnostics;
using Ingest.Domain;
using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Keys;
using Ingest.Testing.Identity;
using Ingest.Testing.Postgres;
using Npgsql;

namespace Ingest.Persistence.Tests.Identity;

public sealed class KeyDirectoryTests : IAsyncLifetime
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(1);

    private IdentityDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await IdentityDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_key_is_found_with_its_workspace_person_and_role()
    {
        var workspace = await _database.Workspaces.CreateAsync(Actor.Operator, "Team");
        var key = await _database.Keys.CreateKeyAsync(workspace.WorkspaceId, UserRole.Manager, "Ann");
        await using var instance = await Instance.StartAsync(_database.DataSource, channel: null);

        var (outcome, caller) = await instance.FindAsync(key.Key);

        outcome.ShouldBe(KeyLookupOutcome.Found);
        caller.ShouldNotBeNull();
        caller.WorkspaceId.ShouldBe(workspace.WorkspaceId);
        caller.KeyId.ShouldBe(key.KeyId);
        caller.Role.ShouldBe(UserRole.Manager);
        caller.KeyPrefix.ShouldBe(key.Key[..13]);
        caller.UserId.ShouldBe(await _database.ReadAsync<Guid>("SELECT user_id FROM users WHERE name = 'Ann'"));
        (await instance.FindAsync(key.Key)).Caller.ShouldBeSameAs(caller);
    }

    [Fact]
    public async Task What_is_set_for_a_key_reaches_every_instance_within_a_second()
    {
        var key = await _database.AddKeyAsync();
        await using var one = await Instance.StartAsync(_database.DataSource, _database.DataSource);
        await using var deaf = await Instance.StartAsync(_database.DataSource, channel: null);
        foreach (var instance in new[] { one, deaf }) (await instance.FindAsync(key.Key)).Caller!.CompleteBy.ShouldBe(Completeness.Auto);

        (await _database.Keys.SetCompletenessAsync(key.Prefix, Completeness.Day)).Changed.ShouldBeTrue();
        var watch = Stopwatch.StartNew();
        foreach (var instance in new[] { one, deaf })
            await Eventually.TrueAsync(async () => (await instance.FindAsync(key.Key)).Caller!.CompleteBy == Completeness.Day, "the setting is known");

        watch.Elapsed.ShouldBeLessThan(Promised);
        (await _database.Keys.SetCompletenessAsync(key.KeyId.ToString(), Completeness.Day)).Changed.ShouldBeFalse();
    }

    [Theory]
    [InlineData("budi_of_nobody_at_all")]
    [InlineData("not-a-key")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_key_that_is_unknown_malformed_or_missing_is_unknown_on_a_server_that_holds_a_key(string? key)
    {
        await _database.AddKeyAsync();
        await using var instance = await Instance.StartAsync(_database.DataSource, channel: null);

        (await instance.OutcomeAsync(key)).ShouldBe(KeyLookupOutcome.Unknown);
        (await instance.OutcomeAsync(key)).ShouldBe(KeyLookupOutcome.Unknown);
    }

    [Fact]
    public async Task A_new_key_works_at_once_on_an_instance_that_has_just_refused_it()
    {
        const string key = "budi_chosen_by_a_script_0001";
        await _database.AddKeyAsync();
        await using var instance = await Instance.StartAsync(_database.DataSource, _database.DataSource);
        (await instance.OutcomeAsync(key)).ShouldBe(KeyLookupOutcome.Unknown);

        await _database.Setup.BootstrapAsync("ws_scripted", key);

        (await instance.OutcomeAsync(key)).ShouldBe(KeyLookupOutcome.Found);
    }

    [Fact]
    public async Task For_who_guesses_a_key_is_looked_up_only_when_it_is_on_the_list_and_the_list_is_read_seldom()
    {
        var time = new SteppedTime();
        var listed = await _database.AddKeyAsync();
        var revoked = await _database.AddKeyAsync();
        await _database.Keys.RevokeKeyAsync(revoked.KeyId.ToString());
        await using var instance = await Instance.StartAsync(_database.DataSource, channel: null, time);
        foreach (var guess in new[] { "budi_of_nobody_at_all", "not-a-key", "", null, revoked.Key }) (await instance.ListedAsync(guess)).ShouldBe(KeyLookupOutcome.NotListed);
        (await instance.ListedAsync(listed.Key)).ShouldBe(KeyLookupOutcome.Found);

        // The list is some seconds old, which is why it refuses nobody for good; a key that is known already needs no list.
        var young = await _database.AddKeyAsync();
        (await instance.ListedAsync(young.Key)).ShouldBe(KeyLookupOutcome.NotListed);
        (await instance.OutcomeAsync(young.Key)).ShouldBe(KeyLookupOutcome.Found);
        (await instance.ListedAsync(young.Key)).ShouldBe(KeyLookupOutcome.Found);
        var younger = await _database.AddKeyAsync();
        time.Advance(TimeSpan.FromSeconds(11));
        (await instance.ListedAsync(younger.Key)).ShouldBe(KeyLookupOutcome.Found);

        await _database.Keys.RevokeKeyAsync(listed.KeyId.ToString());
        (await instance.ListedAsync(listed.Key)).ShouldBe(KeyLookupOutcome.Unknown);
    }

    [Theory]
    [InlineData("budi_of_nobody_at_all")]
    [InlineData(null)]
    public async Task A_database_without_any_key_is_not_set_up(string? key)
    {
        await _database.Workspaces.CreateAsync(Actor.Operator, "Team");
        await using var instance = await Instance.StartAsync(_database.DataSource, _database.DataSource);

        (await instance.OutcomeAsync(key)).ShouldBe(KeyLookupOutcome.NotSetUp);
    }

    [Fact]
    public async Task A_server_whose_only_key_is_revoked_is_set_up()
    {
        var key = await _database.AddKeyAsync();
        await _database.Keys.RevokeKeyAsync(key.Prefix);
        await using var instance = await Instance.StartAsync(_database.DataSource, channel: null);

        (await instance.OutcomeAsync(key.Key)).ShouldBe(KeyLookupOutcome.Unknown);
    }

    [Fact]
    public async Task In_maintenance_no_key_is_refused_or_accepted_on_any_instance()
    {
        var key = await _database.AddKeyAsync();
        await using var instance = await Instance.StartAsync(_database.DataSource, _database.DataSource, new SteppedTime());
        (await instance.OutcomeAsync(key.Key)).ShouldBe(KeyLookupOutcome.Found);

        await _database.Setup.SetMaintenanceAsync(on: true);

        // The instance's clock stands still: nothing expires, so only the channel can have told it.
        (await TimeUntilAsync(instance, key.Key, KeyLookupOutcome.Maintenance)).ShouldBeLessThan(Promised);
        (await instance.OutcomeAsync("budi_of_nobody_at_all")).ShouldBe(KeyLookupOutcome.Maintenance);
        (await instance.OutcomeAsync(null)).ShouldBe(KeyLookupOutcome.Maintenance);

        await _database.Setup.SetMaintenanceAsync(on: false);
        (await instance.OutcomeAsync(key.Key)).ShouldBe(KeyLookupOutcome.Found);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_by_another_instance_within_a_second()
    {
        var key = await _database.AddKeyAsync();
        await using var instance = await Instance.StartAsync(_database.DataSource, _database.DataSource, new SteppedTime());
        (await instance.OutcomeAsync(key.Key)).ShouldBe(KeyLookupOutcome.Found);

        await _database.Keys.RevokeKeyAsync(key.Prefix);

        // The instance's clock stands still: nothing expires, so only the channel can have told it.
        (await TimeUntilAsync(instance, key.Key, KeyLookupOutcome.Unknown)).ShouldBeLessThan(Promised);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_within_a_second_when_the_channels_session_was_killed_and_cannot_come_back()
    {
        var key = await _database.AddKeyAsync();
        await using var relay = new Relay(_database.ConnectionString);
        await using var instance = await Instance.StartAsync(_database.DataSource, relay.DataSource);
        (await instance.OutcomeAsync(key.Key)).ShouldBe(KeyLookupOutcome.Found);

        relay.Refuse();
        await _database.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_listening_channels%' AND pid <> pg_backend_pid()");
        await Eventually.TrueAsync(() => Task.FromResult(!instance.Cache.IsChannelTrusted), "the channel is known to be lost");
        (await instance.OutcomeAsync(key.Key)).ShouldBe(KeyLookupOutcome.Found);

        await _database.Keys.RevokeKeyAsync(key.Prefix);

        (await TimeUntilAsync(instance, key.Key, KeyLookupOutcome.Unknown)).ShouldBeLessThan(Promised);
        instance.Cache.IsChannelTrusted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_revoked_key_is_refused_within_a_second_when_the_channel_looks_open_and_nothing_passes()
    {
        var key = await _database.AddKeyAsync();
        await using var relay = new Relay(_database.ConnectionString);
        await using var instance = await Instance.StartAsync(_database.DataSource, relay.DataSource);
        (await instance.OutcomeAsync(key.Key)).ShouldBe(KeyLookupOutcome.Found);

        relay.Block();
        await _database.Keys.RevokeKeyAsync(key.Prefix);

        (await TimeUntilAsync(instance, key.Key, KeyLookupOutcome.Unknown)).ShouldBeLessThan(Promised);
    }

    [Fact]
    public async Task A_channel_that_was_killed_comes_back_and_what_was_revoked_meanwhile_is_forgotten()
    {
        var key = await _database.AddKeyAsync();
        await using var instance = await Instance.StartAsync(_database.DataSource, _database.DataSource, new SteppedTime());
        (await instance.OutcomeAsync(key.Key)).ShouldBe(KeyLookupOutcome.Found);

        // Revoked without a word on the channel, in place of the word that was sent while nobody listened.
        await _database.ExecuteAsync("UPDATE api_keys SET revoked_at = now()");
        await _database.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_listening_channels%' AND pid <> pg_backend_pid()");

        await Eventually.TrueAsync(async () => await instance.OutcomeAsync(key.Key) == KeyLookupOutcome.Unknown, "the cache is forgotten");
        await Eventually.TrueAsync(() => Task.FromResult(instance.Cache.IsChannelTrusted), "the channel is back");
    }

    [Fact]
    public async Task A_look_up_that_a_revocation_overtakes_is_not_remembered()
    {
        var key = await _database.AddKeyAsync();

        // Look-ups of the instance named "slow" wait inside the statement, after its snapshot, until the lock is free.
        await _database.ExecuteAsync(
            """
            ALTER TABLE users RENAME TO all_users;
            CREATE VIEW users AS SELECT * FROM all_users
            WHERE CASE WHEN current_setting('application_name') = 'slow' THEN pg_advisory_xact_lock_shared(7) IS NOT NULL ELSE true END
            """);
        await using var gate = await _database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var slow = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_database.ConnectionString) { ApplicationName = "slow" });
        await using var instance = await Instance.StartAsync(slow, _database.DataSource, new SteppedTime());
        await new NpgsqlCommand("SELECT pg_advisory_lock(7)", gate).ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var generation = instance.Cache.Current;
        var overtaken = instance.OutcomeAsync(key.Key);
        await Eventually.TrueAsync(
            () => _database.ReadAsync<bool>("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"), "the look-up waits");

        await _database.Keys.RevokeKeyAsync(key.Prefix);
        await Eventually.TrueAsync(() => Task.FromResult(instance.Cache.Current != generation), "the revocation has arrived");
        await new NpgsqlCommand("SELECT pg_advisory_unlock(7)", gate).ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        (await overtaken).ShouldBe(KeyLookupOutcome.Found);
        (await instance.OutcomeAsync(key.Key)).ShouldBe(KeyLookupOutcome.Unknown);
    }

    [Theory]
    [InlineData("budi_of_nobody_at_all")]
    [InlineData(null)]
    public async Task A_database_out_of_reach_is_the_stores_fault(string? key)
    {
        await _database.AddKeyAsync();
        await using var relay = new Relay(_database.ConnectionString);
        await using var instance = await Instance.StartAsync(relay.DataSource, channel: null, new SteppedTime());

        relay.Cut();

        await Should.ThrowAsync<StoreUnavailableException>(() => instance.FindAsync(key));
    }

    [Fact]
    public async Task A_database_without_the_schema_is_the_stores_fault()
    {
        await _database.ExecuteAsync("DROP TABLE api_keys CASCADE");
        await using var instance = await Instance.StartAsync(_database.DataSource, channel: null);

        await Should.ThrowAsync<StoreUnavailableException>(() => instance.FindAsync("budi_of_nobody_at_all"));
    }

    [Fact]
    public async Task A_pool_without_a_free_connection_is_the_stores_fault()
    {
        await using var small = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(_database.ConnectionString) { MaxPoolSize = 1, Timeout = 1 });
        await using var held = await small.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var instance = await Instance.StartAsync(small, channel: null);

        await Should.ThrowAsync<StoreUnavailableException>(() => instance.FindAsync("budi_of_nobody_at_all"));
    }

    [Fact]
    public async Task A_caller_who_leaves_is_no_fault_of_the_store()
    {
        await using var instance = await Instance.StartAsync(_database.DataSource, channel: null);
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => instance.FindAsync("budi_of_nobody_at_all", gone.Token));
    }

    private static Task<TimeSpan> TimeUntilAsync(Instance instance, string key, KeyLookupOutcome outcome) =>
        Eventually.TrueAsync(async () => await instance.OutcomeAsync(key) == outcome, $"the key is {outcome}");
}
