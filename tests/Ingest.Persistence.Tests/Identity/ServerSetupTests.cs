using Ingest.Domain;
using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;
using Ingest.Testing.Identity;

namespace Ingest.Persistence.Tests.Identity;

public sealed class ServerSetupTests : IAsyncLifetime
{
    private const string ChosenKey = "budi_chosen_by_a_script_0001";

    private IdentityDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await IdentityDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

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
