using System.Text;
using Ingest.Domain;
using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Keys;
using Ingest.Testing.Identity;
using Ingest.Testing.Postgres;

namespace Ingest.Persistence.Tests.Identity;

public sealed class KeyStoreTests : IAsyncLifetime
{
    private const string ChosenKey = "budi_chosen_by_a_script_0001";

    private IdentityDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await IdentityDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_workspace_gets_an_id_or_the_one_it_was_given()
    {
        var made = await _database.Workspaces.CreateAsync(Actor.Operator, "  Team A ");
        var given = await _database.Workspaces.CreateAsync(Actor.Operator, "Team B 🚀", "org_legacy");

        made.WorkspaceId.ShouldMatch("^ws_[A-Za-z0-9_-]{16}$");
        made.Name.ShouldBe("Team A");
        given.WorkspaceId.ShouldBe("org_legacy");
        (await _database.ReadAsync<string>("SELECT string_agg(name, ',' ORDER BY name) FROM workspaces")).ShouldBe("Team A,Team B 🚀");
    }

    [Fact]
    public async Task A_workspace_id_is_taken_once()
    {
        await _database.Workspaces.CreateAsync(Actor.Operator, "Team A", "ws_1");

        (await RefusedAsync(() => _database.Workspaces.CreateAsync(Actor.Operator, "Team B", "ws_1"))).ShouldContain("Team A");
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("a\nb", null)]
    [InlineData("a\0b", null)]
    [InlineData("Team", "ws 1")]
    [InlineData("Team", "")]
    public async Task A_workspace_that_cannot_be_is_refused(string name, string? id) => await RefusedAsync(() => _database.Workspaces.CreateAsync(Actor.Operator, name, id));

    [Fact]
    public async Task A_person_has_several_keys_and_one_role()
    {
        var workspace = await _database.Workspaces.CreateAsync(Actor.Operator, "Team");

        var first = await _database.Keys.CreateKeyAsync(workspace.WorkspaceId, UserRole.Manager, "Ann");
        var second = await _database.Keys.CreateKeyAsync(workspace.WorkspaceId, person: "Ann");
        var other = await _database.Keys.CreateKeyAsync(workspace.WorkspaceId);

        second.Role.ShouldBe(UserRole.Manager);
        second.Key.ShouldNotBe(first.Key, StringComparer.Ordinal);
        other.Role.ShouldBe(UserRole.Member);
        other.UserName.ShouldBe("default");
        (await _database.ReadAsync<long>("SELECT count(*) FROM users")).ShouldBe(2);
        (await RefusedAsync(() => _database.Keys.CreateKeyAsync(workspace.WorkspaceId, UserRole.Member, "Ann"))).ShouldContain("manager");
        (await _database.Keys.ListAsync()).Count.ShouldBe(3);
    }

    [Fact]
    public async Task An_unknown_workspace_is_named_with_the_verb_that_makes_one()
    {
        (await RefusedAsync(() => _database.Keys.CreateKeyAsync("ws_absent"))).ShouldContain("workspace create --name");
        await RefusedAsync(() => _database.Keys.ListAsync("ws_absent"));
    }

    [Fact]
    public async Task Keys_are_listed_by_workspace_without_their_secret()
    {
        var one = await _database.AddKeyAsync();
        var two = await _database.AddKeyAsync();

        var listed = (await _database.Keys.ListAsync(one.WorkspaceId)).ShouldHaveSingleItem();

        listed.KeyId.ShouldBe(one.KeyId);
        listed.Prefix.ShouldBe(one.Key[..13]);
        listed.RevokedAt.ShouldBeNull();
        (await _database.Keys.ListAsync()).Select(key => key.KeyId).ShouldBe([one.KeyId, two.KeyId], ignoreOrder: true);
    }

    [Fact]
    public async Task The_text_of_a_key_is_stored_nowhere()
    {
        var made = await _database.AddKeyAsync();
        await _database.Setup.BootstrapAsync("ws_scripted", ChosenKey);

        foreach (var table in new[] { "workspaces", "users", "api_keys", "server_state" })
        {
            // The text of a row shows bytea columns as hex.
            var rows = await _database.ReadAsync<string>($"SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM {table} AS t");
            foreach (var secret in new[] { made.Key, ChosenKey })
            {
                rows.ShouldNotContain(secret, Case.Insensitive);
                rows.ShouldNotContain(secret[14..], Case.Insensitive);
                rows.ShouldNotContain(Convert.ToHexString(Encoding.UTF8.GetBytes(secret[14..])), Case.Insensitive);
            }
        }

        made.ToString().ShouldNotContain(made.Key);
    }

    [Fact]
    public async Task A_key_is_revoked_by_its_prefix_by_a_part_of_it_whole_or_by_its_id()
    {
        foreach (var name in new Func<CreatedKey, string>[] { key => key.Prefix, key => key.Prefix[..9], key => key.Key, key => key.KeyId.ToString() })
        {
            var key = await _database.AddKeyAsync();

            var revoked = await _database.Keys.RevokeKeyAsync(name(key));

            revoked.Key.KeyId.ShouldBe(key.KeyId);
            revoked.Changed.ShouldBeTrue();
        }

        (await _database.ReadAsync<long>("SELECT count(*) FROM api_keys WHERE revoked_at IS NULL")).ShouldBe(0);
    }

    [Fact]
    public async Task A_key_that_was_revoked_before_says_so_and_keeps_its_time()
    {
        var key = await _database.AddKeyAsync();
        await _database.Keys.RevokeKeyAsync(key.Prefix);
        var before = (await _database.Keys.ListAsync()).ShouldHaveSingleItem().RevokedAt;

        var again = await _database.Keys.RevokeKeyAsync(key.Prefix);

        again.Changed.ShouldBeFalse();
        again.Key.RevokedAt.ShouldBe(before);
        (await _database.Keys.ListAsync()).ShouldHaveSingleItem().RevokedAt.ShouldBe(before);
    }

    [Fact]
    public async Task An_ambiguous_prefix_revokes_nothing_and_lists_the_candidates()
    {
        await _database.Setup.BootstrapAsync("ws_1", "budi_team_one_000000000000001");
        await _database.Setup.BootstrapAsync("ws_2", "budi_team_two_000000000000002");

        var message = await RefusedAsync(() => _database.Keys.RevokeKeyAsync("budi_team"));

        message.ShouldContain("ws_1");
        message.ShouldContain("ws_2");
        (await _database.ReadAsync<long>("SELECT count(*) FROM api_keys WHERE revoked_at IS NOT NULL")).ShouldBe(0);
        (await _database.Keys.RevokeKeyAsync("budi_team_two")).Key.WorkspaceId.ShouldBe("ws_2");
        (await _database.Keys.RevokeKeyAsync("budi_team")).Key.WorkspaceId.ShouldBe("ws_1");
    }

    [Theory]
    [InlineData("budi_ab")]
    [InlineData("")]
    [InlineData("budi_%%%%%%%%")]
    [InlineData("budi_________")]
    [InlineData("budi_nobody_has_this_key_at_all")]
    public async Task A_prefix_that_is_too_short_or_matches_no_key_is_refused(string prefix)
    {
        await _database.AddKeyAsync();

        await RefusedAsync(() => _database.Keys.RevokeKeyAsync(prefix));
    }

    [Fact]
    public async Task A_whole_key_that_is_not_known_here_is_not_repeated_in_the_message()
    {
        var elsewhere = ApiKeyText.Generate();

        (await RefusedAsync(() => _database.Keys.RevokeKeyAsync(elsewhere.Text))).ShouldNotContain(elsewhere.Text[13..]);
    }

    [Fact]
    public async Task Maintenance_is_switched_once_and_keeps_its_start()
    {
        var on = await _database.Setup.SetMaintenanceAsync(on: true);
        var again = await _database.Setup.SetMaintenanceAsync(on: true);
        var off = await _database.Setup.SetMaintenanceAsync(on: false);

        (on.On, on.Changed).ShouldBe((true, true));
        (again.On, again.Changed).ShouldBe((true, false));
        again.Since!.Value.ShouldBe(on.Since!.Value, TimeSpan.FromMilliseconds(1));
        off.ShouldBe(new MaintenanceState(On: false, Since: null, Changed: true));
        (await _database.Setup.SetMaintenanceAsync(on: false)).Changed.ShouldBeFalse();
    }

    [Fact]
    public async Task Bootstrap_makes_the_configured_workspace_and_key_and_the_second_time_nothing()
    {
        var first = await _database.Setup.BootstrapAsync("ws_scripted", ChosenKey);
        var before = await EverythingAsync();
        var second = await _database.Setup.BootstrapAsync("ws_scripted", ChosenKey);

        first.ShouldBe(new BootstrapOutcome("ws_scripted", ChosenKey[..13], WorkspaceCreated: true, KeyCreated: true));
        second.ShouldBe(new BootstrapOutcome("ws_scripted", ChosenKey[..13], WorkspaceCreated: false, KeyCreated: false));
        (await EverythingAsync()).ShouldBe(before);
        (await _database.Keys.ListAsync()).ShouldHaveSingleItem().Role.ShouldBe(UserRole.Owner);
        (await _database.Setup.FirstStartAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Two_instances_that_bootstrap_at_once_make_one_key()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _database.Setup.BootstrapAsync("ws_scripted", ChosenKey)));

        outcomes.Count(outcome => outcome.KeyCreated).ShouldBe(1);
        outcomes.Count(outcome => outcome.WorkspaceCreated).ShouldBe(1);
        (await _database.Keys.ListAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_bootstrap_key_of_another_workspace_is_refused_and_leaves_nothing_behind()
    {
        await _database.Setup.BootstrapAsync("ws_1", ChosenKey);
        var before = await EverythingAsync();

        (await RefusedAsync(() => _database.Setup.BootstrapAsync("ws_2", ChosenKey))).ShouldContain("ws_1");

        (await EverythingAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_revoked_bootstrap_key_is_refused()
    {
        await _database.Setup.BootstrapAsync("ws_1", ChosenKey);
        await _database.Keys.RevokeKeyAsync(ChosenKey);

        (await RefusedAsync(() => _database.Setup.BootstrapAsync("ws_1", ChosenKey))).ShouldContain("revoked");
    }

    [Theory]
    [InlineData("ws 1", ChosenKey)]
    [InlineData("ws_1", "budi_short")]
    [InlineData("ws_1", "secret-without-the-scheme-0001")]
    [InlineData("ws_1", "")]
    public async Task A_bootstrap_that_cannot_be_is_refused_without_showing_the_key(string workspaceId, string key)
    {
        var message = await RefusedAsync(() => _database.Setup.BootstrapAsync(workspaceId, key));

        if (key.Length > 0) message.ShouldNotContain(key);
    }

    [Fact]
    public async Task Instances_that_start_first_at_once_make_one_workspace_and_one_key()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _database.Setup.FirstStartAsync()));

        var made = results.Where(result => result is not null).ShouldHaveSingleItem()!;
        made.Role.ShouldBe(UserRole.Owner);
        (await _database.ReadAsync<long>("SELECT count(*) FROM workspaces")).ShouldBe(1);
        (await _database.ReadAsync<long>("SELECT count(*) FROM api_keys")).ShouldBe(1);
        (await _database.Setup.FirstStartAsync()).ShouldBeNull();

        await using var instance = await Instance.StartAsync(_database.DataSource, channel: null);
        (await instance.FindAsync(made.Key)).Caller!.WorkspaceId.ShouldBe(made.WorkspaceId);
    }

    [Fact]
    public async Task A_start_on_a_database_that_holds_a_workspace_makes_nothing()
    {
        await _database.Workspaces.CreateAsync(Actor.Operator, "Team");

        (await _database.Setup.FirstStartAsync()).ShouldBeNull();

        (await _database.ReadAsync<long>("SELECT count(*) FROM workspaces")).ShouldBe(1);
    }

    [Fact]
    public async Task A_database_that_lost_its_keys_after_the_first_start_gets_no_new_one_by_itself()
    {
        await _database.Setup.FirstStartAsync();
        await _database.ExecuteAsync("DELETE FROM api_keys; DELETE FROM users; DELETE FROM workspaces");

        (await _database.Setup.FirstStartAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_missing_schema_is_said_with_its_remedy()
    {
        await _database.ExecuteAsync("DROP TABLE server_state; DROP TABLE api_keys");

        (await Should.ThrowAsync<StoreUnavailableException>(() => _database.Keys.ListAsync())).Message.ShouldContain("migrate");
        (await Should.ThrowAsync<StoreUnavailableException>(() => _database.Setup.FirstStartAsync())).Message.ShouldContain("migrate");
    }

    [Fact]
    public async Task A_database_out_of_reach_is_said_as_such()
    {
        await using var relay = new Relay(_database.ConnectionString);
        relay.Cut();

        await Should.ThrowAsync<StoreUnavailableException>(() => new KeyStore(IdentityDatabase.TransactionsOver(relay.DataSource)).ListAsync());
    }

    private static async Task<string> RefusedAsync(Func<Task> verb) => (await Should.ThrowAsync<IdentityException>(verb)).Message;

    private Task<string> EverythingAsync() => _database.ReadAsync<string>(
        """
        SELECT concat_ws('|',
            (SELECT string_agg(t::text || xmin, ',' ORDER BY t) FROM workspaces AS t),
            (SELECT string_agg(t::text || xmin, ',' ORDER BY t) FROM users AS t),
            (SELECT string_agg(t::text || xmin, ',' ORDER BY t) FROM api_keys AS t),
            (SELECT string_agg(t::text || xmin, ',' ORDER BY t) FROM server_state AS t))
        """);
}
