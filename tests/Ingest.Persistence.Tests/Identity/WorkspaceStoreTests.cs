using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;

namespace Ingest.Persistence.Tests.Identity;

public sealed class WorkspaceStoreTests : IAsyncLifetime
{
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

    [Fact]
    public async Task A_name_is_had_by_one_workspace_whoever_is_quicker()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            try
            {
                return (await _database.Workspaces.CreateAsync(Actor.Operator, "Team")).WorkspaceId;
            }
            catch (IdentityException refused) when (refused.Refusal == IdentityRefusal.NameTaken)
            {
                return null;
            }
        }));

        made.Count(id => id is not null).ShouldBe(1);
        (await _database.ReadAsync<long>("SELECT count(*) FROM workspaces")).ShouldBe(1);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("a\nb", null)]
    [InlineData("a\0b", null)]
    [InlineData("Team", "ws 1")]
    [InlineData("Team", "")]
    public async Task A_workspace_that_cannot_be_is_refused(string name, string? id) => await RefusedAsync(() => _database.Workspaces.CreateAsync(Actor.Operator, name, id));

    private static async Task<string> RefusedAsync(Func<Task> verb) => (await Should.ThrowAsync<IdentityException>(verb)).Message;
}
