using System.Globalization;
using System.Text.Json.Nodes;
using Ingest.Api.Tests.Merging;
using Ingest.Api.Tests.Queries;
using Ingest.Domain.Identity;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Sessions;

/// <summary>Lists of sessions beside plain SQL over what is stored, and what is promised while devices go on sending.</summary>
public sealed class SessionListTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateTimeOffset Now = ServiceFixture.Start;

    private static readonly string[] Providers = ["claude_code", "codex", "größe/ü"];
    private static readonly string?[] Models = ["claude-opus-4-6", "gpt-5.2-codex", null];
    private static readonly string?[] Repos = ["github.com/acme/storefront", "github.com/acme/100%_a+b&c", null];
    private static readonly string?[] Branches = ["main", "feature/PAY-1284", null];
    private static readonly string?[] Tickets = ["PAY-1284", "#7", null];
    private static readonly string[] Surfaces = ["terminal", "vscode"];
    private static readonly string?[] States = ["green", "yellow", "red", null];

    private IngestService Service => fixture.Service;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Every_list_holds_what_plain_sql_finds_in_its_order_and_each_once(int seed)
    {
        var random = new Random(seed);
        var workspace = $"ws_sessions_{seed}";
        using var ada = await fixture.ClientAsync("ada", UserRole.Owner, workspace);
        using var bob = await fixture.FellowAsync("bob", UserRole.Member, workspace);
        string[] devices = ["a-old", "a-new", "a-newest", "b-one", "b-two", "gone", "gone-since"];
        foreach (var device in devices)
        {
            var owner = device.StartsWith("b-", StringComparison.Ordinal) ? bob : ada;
            // The very stamps of other devices, too: whichever of equal copies is taken, one is.
            for (var i = 0; i < 2; i++) (await owner.PostEnvelopeAsync(Random(random, workspace, device, Now.AddMinutes(-random.Next(3))))).ShouldBeStored();
        }

        await ada.DecideAsync("a-old", "a-new");
        await ada.DecideAsync("a-new", "a-newest");
        await ada.DecideAsync("gone", "gone-since", "supersede");
        var bobs = await UserIdAsync("bob", workspace);

        for (var run = 0; run < 40; run++)
        {
            var isBob = random.Next(3) == 0;
            var chosen = new List<(string Parameter, string Condition)>();
            void Maybe(string parameter, string column, string?[] values, string? none = null)
            {
                if (random.Next(5) != 0) return;
                string[] picked = [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => values[random.Next(values.Length)] ?? none ?? "nothing-like-it")];
                chosen.Add((
                    string.Join('&', picked.Select(value => $"{parameter}={Uri.EscapeDataString(value)}")),
                    $"({string.Join(" OR ", picked.Select(value => value == none ? $"{column} IS NULL" : $"{column} = '{value}'"))})"));
            }

            Maybe("provider", "provider", Providers);
            Maybe("model", "primary_model", Models, "(untagged)");
            Maybe("repo_id", "repo_id", Repos, "(untagged)");
            Maybe("git_branch", "git_branch", Branches, "(untagged)");
            Maybe("ticket", "ticket", Tickets, "");
            Maybe("surface", "surface", Surfaces);
            if (random.Next(5) == 0) chosen.Add(("vital_overall_state=red", "vital_overall_state = 'red'"));
            if (random.Next(4) == 0) chosen.Add(("from=2026-05-11", "coalesce(ended_at, started_at) >= '2026-05-11T00:00:00Z'"));
            if (random.Next(4) == 0) chosen.Add(("to=2026-05-13", "coalesce(ended_at, started_at) < '2026-05-13T00:00:00Z'"));
            if (random.Next(6) == 0) chosen.Add(($"user_id={bobs}", "device_id LIKE 'b-%'"));
            if (random.Next(4) == 0)
            {
                var device = isBob ? devices[3 + random.Next(2)] : devices[random.Next(devices.Length)];
                var beside = random.Next(2) == 0 ? device : "b-one";
                string Condition(string id) => id == "a-newest" ? "device_id LIKE 'a-%'" : $"device_id = '{id}'";
                chosen.Add(($"device_id={device}&device_id={beside}", $"({Condition(device)} OR {Condition(beside)})"));
            }

            if (isBob) chosen.Add(("", "device_id LIKE 'b-%'"));
            var expected = await Service.QueryAsync<string>(
                $"""
                SELECT device_id || ' ' || session_id FROM (
                    SELECT *, row_number() OVER (PARTITION BY CASE WHEN device_id LIKE 'a-%' THEN 'a' ELSE device_id END, session_id ORDER BY sent_at DESC, device_id DESC) AS copy
                    FROM session_summaries WHERE workspace_id = '{workspace}' AND device_id <> 'gone') AS s
                WHERE {string.Join(" AND ", chosen.Select(one => one.Condition).Prepend("copy = 1"))}
                ORDER BY coalesce(ended_at, started_at) DESC, device_id COLLATE "C" DESC, session_id COLLATE "C" DESC
                """);
            var address = "/v1/sessions?" + string.Join('&', chosen.Select(one => one.Parameter).Where(one => one.Length > 0));
            var listed = await (isBob ? bob : ada).WalkAsync(address, "sessions", random.Next(1, 60));
            listed.Select(Place).ShouldBe(expected, $"{address} as {(isBob ? "bob" : "ada")}, seed {seed}");
        }
    }

    [Fact]
    public async Task Whatever_stays_as_it_is_while_pages_are_read_is_listed_once_and_what_goes_on_is_at_the_head_of_a_new_list()
    {
        using var ada = await fixture.ClientAsync("ada-pages");
        var device = ServiceFixture.NewDevice();
        var envelope = ServiceFixture.Envelope(device, Now.AddMinutes(-9));
        for (var i = 0; i < 12; i++) envelope.Session($"s-{i:00}", session => session.StartedAt(Now.AddHours(-30)).EndedAt(Now.AddHours(-2 * i - 1)));
        (await ada.PostEnvelopeAsync(envelope)).ShouldBeStored();

        var first = (await ada.AnswerAsync("/v1/sessions?limit=3")).ShouldBeStored();
        first["sessions"]!.AsArray().Select(Id).ShouldBe(["s-00", "s-01", "s-02"]);
        (await ada.PostEnvelopeAsync(ServiceFixture.Envelope(device, Now.AddMinutes(-1))
            .Session("s-01", session => session.StartedAt(Now.AddHours(-30)).EndedAt(Now.AddMinutes(-3)))
            .Session("s-08", session => session.StartedAt(Now.AddHours(-30)).EndedAt(Now.AddMinutes(-2)))
            .Session("s-new", session => session.StartedAt(Now.AddMinutes(-1))))).ShouldBeStored();
        var rest = await ada.WalkAsync("/v1/sessions", "sessions", 3, first.Text("next_cursor"));
        rest.Select(Id).ShouldBe(["s-03", "s-04", "s-05", "s-06", "s-07", "s-09", "s-10", "s-11"]);

        (await ada.WalkAsync("/v1/sessions", "sessions", 5)).Select(Id)
            .ShouldBe(["s-new", "s-08", "s-01", "s-00", "s-02", "s-03", "s-04", "s-05", "s-06", "s-07", "s-09", "s-10", "s-11"]);
    }

    [Fact]
    public async Task What_several_ids_of_one_device_sent_is_listed_once_and_all_of_it_again_where_that_is_undone()
    {
        const string Workspace = "ws_sessions_merge";
        using var ada = await fixture.ClientAsync("ada", UserRole.Owner, Workspace);
        await PostAsync(ada, Workspace, "old", Now.AddMinutes(-30), ("both", 1), ("newer-under-old", 2), ("only-old", 3));
        await PostAsync(ada, Workspace, "new", Now.AddMinutes(-40), ("newer-under-old", 20));
        await PostAsync(ada, Workspace, "new", Now.AddMinutes(-10), ("both", 10), ("only-new", 40));
        var apart = await Listed(ada);
        apart.Count.ShouldBe(6);

        await ada.DecideAsync("old", "new");
        (await Listed(ada)).ShouldBe(["new both 10", "new only-new 40", "old newer-under-old 2", "old only-old 3"], ignoreOrder: true);
        (await Listed(ada, "?device_id=new")).Count.ShouldBe(4, "the id it has now answers for all of them");
        (await Listed(ada, "?device_id=old")).ShouldBe(["old newer-under-old 2", "old only-old 3"], ignoreOrder: true);
        (await ada.AnswerAsync("/v1/session?device_id=new&session_id=only-old")).ShouldBeStored().Text("device.device_id").ShouldBe("old");
        (await ada.AnswerAsync("/v1/session?device_id=new&session_id=both")).ShouldBeStored()["message_count"]!.GetValue<long>().ShouldBe(10);
        (await ada.AnswerAsync("/v1/session?device_id=old&session_id=both")).ShouldBeRefused(404, "session_not_found");

        await ada.UnmergeAsync("old");
        (await Listed(ada)).ShouldBe(apart);
        await ada.DecideAsync("old", "new", "supersede");
        (await Listed(ada)).ShouldBe(["new both 10", "new newer-under-old 20", "new only-new 40"], ignoreOrder: true);
        (await Listed(ada, "?device_id=old")).ShouldBeEmpty();
        (await ada.AnswerAsync("/v1/session?device_id=old&session_id=only-old")).ShouldBeRefused(404, "session_not_found");
    }

    [Fact]
    public async Task What_hangs_on_an_id_that_is_not_the_callers_is_not_shown_to_them_and_does_not_come_twice()
    {
        const string Workspace = "ws_sessions_given";
        using var ada = await fixture.ClientAsync("ada", UserRole.Owner, Workspace);
        using var bob = await fixture.FellowAsync("bob", UserRole.Member, Workspace);
        await PostAsync(bob, Workspace, "old", Now.AddMinutes(-30), ("both", 1), ("only-old", 3));
        await PostAsync(ada, Workspace, "new", Now.AddMinutes(-10), ("both", 10), ("only-new", 40));
        await ada.DecideAsync("old", "new");
        (await Listed(bob)).ShouldBe(["old only-old 3"]);
        (await bob.AnswerAsync("/v1/sessions?device_id=new")).ShouldBeRefused(404, "device_not_found");
        (await Listed(ada)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Sessions_of_a_revoked_device_stay()
    {
        var device = ServiceFixture.NewDevice();
        (await Service.PostAsync(ServiceFixture.Envelope(device).Session("s"))).ShouldBeStored();
        (await Service.Client.AskAsync($"POST /v1/devices/{device}/revoke", "{}")).ShouldBeStored();
        (await Listed(Service.Client, $"?device_id={device}")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Members_see_their_own_and_viewers_all_and_what_is_anothers_is_as_unknown_as_nothing()
    {
        const string Workspace = "ws_sessions_roles";
        using var owner = await fixture.ClientAsync("ada", UserRole.Owner, Workspace);
        using var member = await fixture.FellowAsync("bob", UserRole.Member, Workspace);
        using var viewer = await fixture.FellowAsync("cleo", UserRole.Viewer, Workspace);
        await PostAsync(owner, Workspace, "of-ada", Now, ("s", 1));
        await PostAsync(member, Workspace, "of-bob", Now, ("s", 2));
        (await Listed(owner)).Count.ShouldBe(2);
        (await Listed(viewer)).Count.ShouldBe(2);
        (await Listed(member)).ShouldBe(["of-bob s 2"]);
        (await Listed(member, $"?user_id={await UserIdAsync("ada", Workspace)}")).ShouldBeEmpty();

        using var stranger = await fixture.ClientAsync("eve", UserRole.Manager, "ws_sessions_strange");
        foreach (var address in new[] { "/v1/sessions?device_id=", "/v1/session?session_id=s&device_id=", "/v1/windows?device_id=" })
        {
            foreach (var client in new[] { member, stranger })
            {
                string Normal(ServiceAnswer answer) => answer.ShouldBeRefused(404, "device_not_found").Body!.ToJsonString().Replace(answer.Text("attempt_id")!, "", StringComparison.Ordinal);
                Normal(await client.AnswerAsync(address + "of-ada")).ShouldBe(Normal(await client.AnswerAsync(address + "of-nobody")), address);
            }
        }
    }

    [Fact]
    public async Task What_cannot_be_asked_says_what_is_wrong_with_it()
    {
        foreach (var query in new[] { "from=2026-5-1", "provider=a%00b", "from=2026-05-02&to=2026-05-02", "vital_overall_state=blue", "user_id=ada", "limit=0", "repo_id=a%00b" })
            (await Service.GetAsync("/v1/sessions?" + query)).ShouldBeRefused(400, "invalid_parameter");
        (await Service.GetAsync("/v1/sessions?device_id=a%20b")).ShouldBeRefused(400, "invalid_device_id");
        (await Service.GetAsync("/v1/session?session_id=s")).ShouldBeRefused(400, "missing_device_id");
        (await Service.GetAsync("/v1/session?device_id=d")).ShouldBeRefused(400, "invalid_parameter").Text("detail").ShouldNotBeNull().ShouldStartWith("session_id must be given");

        var device = ServiceFixture.NewDevice();
        (await Service.PostAsync(ServiceFixture.Envelope(device).Session("s-1").Session("s-2").Window(Now).Window(Now.AddHours(-5)))).ShouldBeStored();
        var sessions = (await Service.GetAsync($"/v1/sessions?device_id={device}&limit=1")).Text("next_cursor");
        var windows = (await Service.GetAsync($"/v1/windows?device_id={device}&limit=1")).Text("next_cursor");
        (await Service.GetAsync($"/v1/sessions?device_id={device}&cursor={windows}")).ShouldBeRefused(400, "invalid_cursor");
        (await Service.GetAsync($"/v1/windows?device_id={device}&cursor={sessions}")).ShouldBeRefused(400, "invalid_cursor");
        (await Service.GetAsync($"/v1/sessions?device_id={device}&provider=codex&cursor={sessions}")).ShouldBeRefused(400, "invalid_cursor");
        (await Service.GetAsync($"/v1/sessions?cursor={sessions}")).ShouldBeRefused(400, "invalid_cursor");
        (await Service.GetAsync($"/v1/sessions?device_id={device}&cursor={sessions}")).ShouldBeStored();
    }

    [Fact]
    public async Task Going_on_within_its_day_moves_no_index_of_a_session()
    {
        var device = ServiceFixture.NewDevice();
        (await Service.PostAsync(ServiceFixture.Envelope(device).Session("s", session => session.StartedAt(Now.AddHours(-9)).EndedAt(Now.AddHours(-8))))).ShouldBeStored();
        await using var connection = await Service.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        async Task<long> HotAsync(string to)
        {
            await using var command = new Npgsql.NpgsqlCommand(
                $"""
                UPDATE session_summaries SET ended_at = '{to}', message_count = message_count + 1, provider = provider WHERE device_id = '{device}';
                SELECT pg_stat_get_xact_tuples_hot_updated('session_summaries'::regclass)
                """,
                connection);
            return (long)(await command.ExecuteScalarAsync())!;
        }

        (await HotAsync("2026-05-14T18:00:00Z")).ShouldBe(1);
        (await HotAsync("2026-05-14T23:59:59Z")).ShouldBe(2);
        (await HotAsync("2026-05-15T00:00:00Z")).ShouldBe(2, "the day is another one");
    }

    private static async Task PostAsync(HttpClient client, string workspace, string device, DateTimeOffset sentAt, params (string Session, long Messages)[] sessions)
    {
        var envelope = EnvelopeBuilder.For(workspace).Device(device).SyncedAt(sentAt);
        foreach (var (session, messages) in sessions) envelope.Session(session, row => row.StartedAt(Now.AddDays(-1)).Messages(messages));
        (await client.PostEnvelopeAsync(envelope)).ShouldBeStored();
    }

    private static async Task<List<string>> Listed(HttpClient client, string query = "") =>
        [.. (await client.WalkAsync("/v1/sessions" + query, "sessions", 2)).Select(session => $"{Place(session)} {session["message_count"]}")];

    private async Task<Guid> UserIdAsync(string name, string workspace) =>
        (await Service.QueryAsync<Guid>($"SELECT user_id FROM users WHERE workspace_id = '{workspace}' AND name = '{name}'"))[0];

    private static EnvelopeBuilder Random(Random random, string workspace, string device, DateTimeOffset sentAt)
    {
        T Of<T>(T[] values) => values[random.Next(values.Length)];
        var envelope = EnvelopeBuilder.For(workspace).Device(device).SyncedAt(sentAt);
        for (var i = 0; i < 25; i++)
        {
            // Few instants, so that many are equal, and some at the very turn of a day.
            var start = new DateTimeOffset(2026, 5, random.Next(9, 15), Of([0, 12]), Of([0, 30]), 0, TimeSpan.Zero);
            envelope.Session($"s-{random.Next(40).ToString(CultureInfo.InvariantCulture)}", session =>
            {
                session.Provider(Of(Providers)).StartedAt(start).PrimaryModel(Of(Models)).Repo(Of(Repos)).Branch(Of(Branches)).Ticket(Of(Tickets)).Surface(Of(Surfaces))
                    .Vital("overall", Of(States));
                if (random.Next(3) > 0) session.EndedAt(start.AddHours(Of([0, 1, 12])));
            });
        }

        return envelope;
    }

    private static string Id(JsonNode? session) => (string)session!["session_id"]!;

    private static string Place(JsonNode? session) => $"{session!["device"]!["device_id"]} {Id(session)}";
}
