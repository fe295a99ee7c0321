using Ingest.Api.Configuration;
using Microsoft.Extensions.Configuration;

namespace Ingest.Api.Tests.Plumbing;

public sealed class SettingsTests
{
    [Fact]
    public void Nothing_set_is_an_embedded_cluster_with_the_defaults()
    {
        var settings = Read();
        settings.ConnectionString.ShouldBeNull();
        settings.Bootstrap.ShouldBeNull();
        settings.PublicUrl.ShouldBeNull();
        settings.GraceDays.ShouldBe(2);
        settings.TrustedProxies.ShouldBeEmpty();
        settings.AllowPlainHttp.ShouldBeFalse();
        settings.Limits.ShouldBe(new LimitSettings
        {
            RequestsPerMinute = 6000,
            RowsPerMinute = 600_000,
            FailedAuthenticationsPerMinute = 60,
            Connections = 10_000,
            BodyBytes = 32 << 20,
            BodyBudgetBytes = 256 << 20,
            EnvelopesInFlight = 256,
            DevicesPerWorkspace = 1000,
        });
    }

    [Theory]
    [InlineData("Limits:RequestsPerMinute", "abc")]
    [InlineData("Limits:RequestsPerMinute", "-1")]
    [InlineData("Limits:RequestsPerMinute", "1e3")]
    [InlineData("Limits:RowsPerMinute", "-1")]
    [InlineData("Limits:FailedAuthenticationsPerMinute", "few")]
    [InlineData("Limits:Connections", "15")]
    [InlineData("Proxies:Trusted", "10.0.0.0/33")]
    [InlineData("Proxies:Trusted", "10.0.0.7;caddy")]
    [InlineData("Proxies:Trusted", "10.0.0.7,10.0.0.8")]
    [InlineData("AllowPlainHttp", "1")]
    [InlineData("Limits:BodyBytes", "1023")]
    [InlineData("Limits:BodyBytes", "99999999999999")]
    [InlineData("Limits:BodyBudgetBytes", "40000000")]
    [InlineData("Limits:DevicesPerWorkspace", "many")]
    [InlineData("Watermark:GraceDays", "0")]
    [InlineData("Watermark:GraceDays", "31")]
    [InlineData("Ledger:LookBackDays", "0")]
    [InlineData("Ledger:LookBackDays", "401")]
    [InlineData("Ledger:LookBacksPerMinute", "0")]
    [InlineData("Privacy:FreeText", "1")]
    [InlineData("Privacy:FreeText", "hide")]
    [InlineData("Development:Clock", "real")]
    [InlineData("Development:RulesOff", "ghosts,gosts")]
    [InlineData("Development:RulesOff", "all")]
    [InlineData("PublicUrl", "http://ingest.example.com")]
    [InlineData("PublicUrl", "ingest.example.com")]
    [InlineData("PublicUrl", "https://ingest.example.com/?a=b")]
    [InlineData("PublicUrl", "https://user:pass@ingest.example.com")]
    [InlineData("Bootstrap:WorkspaceId", "my team")]
    public void A_wrong_value_is_quoted_with_its_name_and_its_range(string name, string value)
    {
        var problem = Problems((name, value)).ShouldHaveSingleItem();
        problem.ShouldContain(name);
        problem.ShouldContain($"'{value}'");
        problem.ShouldContain(name.Replace(":", "__", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Bootstrap:ApiKey", "budi_short")]
    [InlineData("Bootstrap:ApiKey", "sk_0123456789012345678901")]
    [InlineData("ConnectionStrings:Ingest", "postgresql://user:hunter2@db/ingest")]
    [InlineData("ConnectionStrings:Ingest", "Host=db;Pasword=hunter2")]
    [InlineData("ConnectionStrings:Ingest", "Host=db;Port=many")]
    [InlineData("ConnectionStrings:Ingest", "Database=hunter2")]
    public void A_wrong_secret_is_named_and_not_shown(string name, string value)
    {
        var problems = Problems((name, value), ("Bootstrap:WorkspaceId", "ws_a"));
        problems.ShouldContain(problem => problem.StartsWith(name + " is not valid", StringComparison.Ordinal));
        problems.ShouldAllBe(problem => !problem.Contains(value));
    }

    [Theory]
    [InlineData("Limits:RequestPerMinute")]
    [InlineData("Watermark:Grace")]
    [InlineData("Embedded:DataDir")]
    [InlineData("ConnectionStrings:Ingst")]
    [InlineData("Limits:RequestsPerMinute:PerKey")]
    public void A_name_with_a_typo_is_refused_rather_than_ignored(string name) =>
        Problems((name, "7")).ShouldHaveSingleItem().ShouldStartWith(name + " is not a setting");

    [Theory]
    [InlineData("Bootstrap:WorkspaceId", "ws_a", "Bootstrap__ApiKey")]
    [InlineData("Bootstrap:ApiKey", "budi_0123456789abcdef0123", "Bootstrap__WorkspaceId")]
    public void Half_a_bootstrap_is_refused(string name, string value, string missing) =>
        Problems((name, value)).ShouldHaveSingleItem().ShouldContain(missing);

    [Fact]
    public void Every_problem_is_told_at_once() =>
        Problems(("Limits:BodyBytes", "x"), ("Watermark:GraceDays", "y"), ("Limits:Typo", "z")).Count.ShouldBe(3);

    [Theory]
    [InlineData("https://ingest.example.com/", "https://ingest.example.com")]
    [InlineData("HTTPS://Ingest.Example.com", "https://ingest.example.com")]
    [InlineData("https://example.com:8443/team/ingest//", "https://example.com:8443/team/ingest")]
    public void The_public_address_is_kept_as_a_daemon_wants_it(string value, string kept) => Read(("PublicUrl", value)).PublicUrl.ShouldBe(kept);

    [Fact]
    public void A_trusted_proxy_is_an_address_or_a_network() =>
        Read(("Proxies:Trusted", "10.0.0.7; 192.168.0.0/16;fd00::/8;::1")).TrustedProxies.Select(network => $"{network}")
            .ShouldBe(["10.0.0.7/32", "192.168.0.0/16", "fd00::/8", "::1/128"]);

    [Fact]
    public void An_empty_value_is_the_default() => Read(("Limits:BodyBytes", ""), ("ConnectionStrings:Ingest", " ")).ConnectionString.ShouldBeNull();

    [Fact]
    public void A_bootstrap_key_is_not_in_what_a_log_would_print() =>
        Read(("Bootstrap:WorkspaceId", "ws_a"), ("Bootstrap:ApiKey", "budi_0123456789abcdef0123")).ToString().ShouldNotContain("0123456789abcdef");

    [Fact]
    public void The_page_of_settings_is_the_list()
    {
        var rows = Settings.All.Select(setting =>
            $"| `{setting.Name}` | `{setting.EnvironmentName}` | {setting.Default} | {setting.Range} | {setting.Meaning} |");
        DocumentTable.ShouldHold("configuration.md", rows);
    }

    private static IngestSettings Read(params (string Name, string Value)[] values) => Settings.Read(Configuration(values));

    private static IReadOnlyList<string> Problems(params (string Name, string Value)[] values) =>
        Should.Throw<InvalidConfigurationException>(() => Settings.Read(Configuration(values))).Problems;

    private static IConfigurationRoot Configuration((string Name, string Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(pair => KeyValuePair.Create(pair.Name, (string?)pair.Value))).Build();
}
