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
}
