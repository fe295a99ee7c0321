using Ingest.Testing;
using System.Globalization;
using System.Text.RegularExpressions;
using Ingest.Api.Bodies;
using Ingest.Api.Configuration;
using Ingest.Api.Operator;
using Ingest.Api.Startup;
using Ingest.Persistence;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Ingest.Api.Tests.Documents;

/// <summary>What the documents and the files for production name, exists.</summary>
public sealed partial class DocumentTests
{
    private static readonly string[] Pages =
        ["README.md", "SECURITY.md", "docs/operations.md", "docs/configuration.md", "docs/clients.md", "docs/normalisation.md", "docs/what-we-store.md"];

    private static readonly string[] Production =
        ["docker-compose.yml", ".env.example", "Dockerfile", "deploy/secrets", "deploy/Caddyfile", "deploy/postgres/ingest.sh"];

    public static TheoryData<string> AllPages => [.. Pages];

    public static TheoryData<string> AllTexts => [.. Pages, .. Production];

    [Theory]
    [MemberData(nameof(AllPages))]
    public void Every_link_leads_somewhere(string page)
    {
        foreach (var target in Links().Matches(Repository.Read(page)).Select(match => match.Groups["target"].Value).Where(IsOurs))
        {
            var (path, heading) = target.Split('#') is [var before, var after] ? (before, after) : (target, null);
            var folder = Path.Combine(Repository.Root, Path.GetDirectoryName(page)!);
            var full = path.Length == 0 ? Path.Combine(Repository.Root, page) : Path.GetFullPath(Path.Combine(folder, path));
            (File.Exists(full) || Directory.Exists(full)).ShouldBeTrue($"{page} links to {target}");
            if (heading is not null) File.ReadLines(full).Where(line => line.StartsWith('#')).Select(Anchor).ShouldContain(heading, $"{page} links to {target}");
        }

        static bool IsOurs(string target) => !target.StartsWith("https://", StringComparison.Ordinal);
        static string Anchor(string heading) => heading.TrimStart('#', ' ').ToLowerInvariant().Replace(' ', '-');
    }

    [Theory]
    [MemberData(nameof(AllPages))]
    public void Every_program_of_the_checkout_that_a_command_starts_is_there(string page)
    {
        foreach (var program in Programs().Matches(ShellBlocks(page)).Select(match => match.Value))
            File.Exists(Path.Combine(Repository.Root, program)).ShouldBeTrue($"{page} tells to run {program}");
    }

    [Fact]
    public void The_minute_needs_nothing_but_run()
    {
        var minute = Repository.Read("README.md").Split("## Run it in a minute")[1].Split("\n## ")[0];
        Blocks().Matches(minute).Where(block => block.Groups["language"].Value == "sh").Select(block => block.Groups["text"].Value.Trim()).ShouldBe(["./run"]);
        minute.ShouldContain($"device_id={SampleEnvelope.DeviceId}");
    }

    [Theory]
    [MemberData(nameof(AllPages))]
    public async Task Every_verb_is_one(string page)
    {
        var verbs = Verbs().Matches(Repository.Read(page)).Select(match => match.Groups["words"].Value)
            .Concat(TableVerbs().Matches(Repository.Read(page)).SelectMany(row => Code().Matches(row.Groups["cell"].Value)).Select(code => code.Groups["text"].Value))
            .Where(words => words is not ("VERB" or "serve") && !words.StartsWith("--", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).ToList();
        if (page == "README.md") verbs.Count.ShouldBeGreaterThan(6);
        foreach (var words in verbs)
        {
            // A setting that is none stops every verb after its words were understood and before it does anything.
            var (code, _, error) = await Operator.OperatorRun.RunAsync([KeyValuePair.Create("Limits:Stop", (string?)"here")], Words(words));
            code.ShouldBe(ExitCode.Usage);
            error.ShouldContain("Limits:Stop is not a setting", Case.Sensitive, $"{page}: {words}");
        }
    }

    [Theory]
    [MemberData(nameof(AllTexts))]
    public void Every_setting_is_one(string path)
    {
        var known = Settings.All.Select(setting => setting.EnvironmentName).ToHashSet(StringComparer.Ordinal);
        var sections = known.Where(name => name.Contains("__", StringComparison.Ordinal)).Select(name => name.Split("__")[0]).ToHashSet(StringComparer.Ordinal);
        // How the log looks is the framework's to set.
        foreach (var name in SettingNames().Matches(Repository.Read(path)).Select(match => match.Value).Where(name => !name.StartsWith("Logging__", StringComparison.Ordinal)))
        {
            sections.ShouldContain(name.Split("__")[0], $"{path} names {name}");
            known.ShouldContain(name, $"{path} names {name}");
        }
    }

    [Theory]
    [MemberData(nameof(AllPages))]
    public async Task Every_path_is_served(string page)
    {
        var builder = ServiceHost.CreateBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("ConnectionStrings:Ingest", (string?)"Host=nowhere.invalid")]);
        var settings = Settings.Read(builder.Configuration);
        await using var database = await ServerDatabase.OpenAsync(settings.ConnectionString, settings.Embedded.Cluster, NullLogger.Instance, CancellationToken.None);
        await using var app = builder.AddIngest(settings, database).Build();
        app.UseIngest();
        var served = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.Trim('/')).ToHashSet(StringComparer.Ordinal);
        foreach (var path in Paths().Matches(Repository.Read(page)).Select(match => match.Value)) served.ShouldContain(path, $"{page} names {path}");
    }

    [Fact]
    public void Everyone_means_the_same_port()
    {
        var configured = new ConfigurationBuilder().AddJsonFile(Path.Combine(Repository.Root, "src/Ingest.Api/appsettings.json")).Build();
        var listens = new Uri(configured["Urls"]!);
        Repository.Read("README.md").ShouldContain($"Ingest listens on {listens.GetLeftPart(UriPartial.Authority)}");

        Repository.Read("Dockerfile").ShouldContain($"URLS=http://+:{listens.Port} ");
        Repository.Read("Dockerfile").ShouldContain($"EXPOSE {listens.Port}\n");
        Repository.Read("deploy/Caddyfile").ShouldContain($"reverse_proxy ingest:{listens.Port} ");
    }

    [Fact]
    public void The_proxy_lets_every_body_through_that_the_service_would_answer_itself()
    {
        var mostAccepted = long.Parse(Settings.BodyBytes.Range.Split(' ')[^1], CultureInfo.InvariantCulture);
        var proxy = long.Parse(MaximumSize().Match(Repository.Read("deploy/Caddyfile")).Groups["mebibytes"].Value, CultureInfo.InvariantCulture) << 20;
        proxy.ShouldBeGreaterThanOrEqualTo(mostAccepted + new BodyLimits { Bytes = 0 }.DrainBytes);
    }

    private static string ShellBlocks(string page) => string.Join('\n', Blocks().Matches(Repository.Read(page))
        .Where(block => block.Groups["language"].Value == "sh").Select(block => block.Groups["text"].Value));

    /// <summary>As a shell splits them; options in brackets are given.</summary>
    private static string[] Words(string command) =>
        [.. ShellWords().Matches(command.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)).Select(match => match.Value.Trim('"'))];

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Links();

    [GeneratedRegex(@"^[ ]*```(?<language>\w*)\n(?<text>.*?)^[ ]*```", RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline, 1000)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"(?<=^|\s)\./[\w-]+|^(deploy|\.ci)/[\w-]+", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Programs();

    [GeneratedRegex(@"(\./run|ingest\.dll|run --rm ingest|`ingest) (?<words>[^`\n]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Verbs();

    [GeneratedRegex(@"^\| (?<cell>`(serve|migrate|workspace|key|device|maintenance)\b.*?) \|", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex TableVerbs();

    [GeneratedRegex("`(?<text>[^`]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();

    [GeneratedRegex("\"[^\"]*\"|\\S+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ShellWords();

    [GeneratedRegex(@"\b[A-Z][A-Za-z]+__[A-Za-z_]+\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SettingNames();

    [GeneratedRegex(@"(?<=[\s`'""}]|DOMAIN|8080)/(v1|health)/[a-z_/{}]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Paths();

    [GeneratedRegex(@"max_size (?<mebibytes>\d+)MiB", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MaximumSize();
}
