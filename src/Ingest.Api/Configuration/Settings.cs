using System.Globalization;
using System.Net;
using System.Text.Json;
using Ingest.Api.Bodies;
using Ingest.Api.Limits;
using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Domain.Privacy;
using Ingest.Persistence;
using Ingest.Persistence.Upkeep;
using Ingest.Persistence.Usage;

namespace Ingest.Api.Configuration;

/// <summary>Everything that can be configured. The reader, the start-up checks and the table in <c>docs/configuration.md</c> all come from here.</summary>
internal static class Settings
{
    private const int Mebibyte = 1024 * 1024;

    /// <summary>Before the settings, whose texts list them.</summary>
    private static readonly Dictionary<string, LedgerRules> RuleNames = Enum.GetValues<LedgerRules>()
        .Where(rule => rule is not (LedgerRules.None or LedgerRules.All))
        .ToDictionary(rule => JsonNamingPolicy.SnakeCaseLower.ConvertName(rule.ToString()), StringComparer.Ordinal);

    public static readonly Setting<string?> ConnectionString = Text(
        "ConnectionStrings:Ingest",
        "none: an embedded cluster",
        "a Postgres connection string such as Host=db;Username=ingest;Password=…;Database=ingest",
        "The Postgres (15 or newer) to store in. Absent: the service starts and owns a private cluster.",
        ServerDatabase.CanConnectWith) with { Secret = true };

    public static readonly Setting<string?> DataDirectory = Text(
        "Embedded:DataDirectory", "`/var/lib/ingest` for root, else `~/.local/share/ingest`", "a path", "Where the embedded cluster keeps its files.");

    public static readonly Setting<string?> BinDirectory = Text(
        "Embedded:BinDirectory", "looked for on PATH and in the usual folders", "a path",
        "The folder that holds `initdb` and `postgres` for the embedded cluster.");

    public static readonly Setting<string?> BootstrapWorkspaceId = Text(
        "Bootstrap:WorkspaceId", "none", "1 to 64 characters of A-Z a-z 0-9 _ -; only together with Bootstrap:ApiKey",
        "A workspace to create at start when it does not exist, for compose files and scripts.",
        WorkspaceId.IsValid);

    public static readonly Setting<string?> BootstrapApiKey = Text(
        "Bootstrap:ApiKey",
        "none",
        $"budi_ followed by random characters, {ApiKeyText.MinimumChosenLength} to {ApiKeyText.MaximumLength} in all; only together with Bootstrap:WorkspaceId",
        "A key of that workspace to create at start when it does not exist.",
        text => ApiKeyText.TryParseChosen(text, out _)) with { Secret = true };

    public static readonly Setting<string?> PublicUrl = new(
        "PublicUrl", "none", "an absolute https:// address without query, such as https://ingest.example.com; a path is kept",
        "Where devices reach this server: it stands in each `cloud.toml` that is given out. Without it, enrolment takes the address that the request came to, and a new key is printed without the file.", Fallback: null, ParsePublicUrl);

    public static readonly Setting<IReadOnlyList<IPNetwork>> TrustedProxies = new(
        "Proxies:Trusted", "none", "addresses and networks with ; between, such as 10.0.0.7;192.168.0.0/16;fd00::/8",
        "Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. From everybody else these headers are ignored.", Fallback: [], ParseNetworks);

    public static readonly Setting<bool> AllowPlainHttp = new(
        "AllowPlainHttp", "false", "true or false",
        "Whether keys are taken over plain HTTP from other machines too: for a proxy that ends TLS and cannot be named in Proxies:Trusted. Loopback is always open.",
        Fallback: false, text => (bool.TryParse(text, out var allowed), allowed));

    public static readonly Setting<int> RequestsPerMinute = Number(
        "Limits:RequestsPerMinute", 6000, 0, 1_000_000,
        $"Requests a minute for one key; 0 is no limit. At least {RateLimit.SmallestBurst} may come back to back, so that a full backfill never waits.");

    public static readonly Setting<int> RowsPerMinute = Number(
        "Limits:RowsPerMinute", 600_000, 0, 100_000_000,
        $"Rows a minute in the envelopes of one key; 0 is no limit. At least {RateLimit.SmallestRowBurst} may come back to back, so that a full backfill never waits.");

    public static readonly Setting<int> FailedAuthenticationsPerMinute = Number(
        "Limits:FailedAuthenticationsPerMinute", 60, 0, 1_000_000,
        "Unknown keys a minute from one address (of IPv6, from one /64); 0 is no limit. Beyond, keys that exist are let through and others are answered 429 without a look-up.");

    public static readonly Setting<int> Connections = Number(
        "Limits:Connections", 10_000, 16, 1_000_000, "Connections at once, idle ones too; one more is closed without an answer.");

    public static readonly Setting<int> BodyBytes = Number(
        "Limits:BodyBytes", 32 * Mebibyte, 1024, 256 * Mebibyte, "The most bytes one request body may have, both as sent and once decompressed.");

    public static readonly Setting<long> BodyBudgetBytes = Number(
        "Limits:BodyBudgetBytes", 256L * Mebibyte, 64 * 1024, 64L * 1024 * Mebibyte,
        "The most memory all request bodies in flight, and the rows read from them, may take together. Must hold one body of Limits:BodyBytes while it grows.");

    public static readonly Setting<int> EnvelopesInFlight = Number(
        "Limits:EnvelopesInFlight", 256, 1, 100_000, "Envelopes in the service at once, of one key half as many; one more is answered 503 before its body is read.");

    public static readonly Setting<int> DevicesPerWorkspace = Number(
        "Limits:DevicesPerWorkspace", 1000, 0, 10_000_000, "Devices that may register themselves in one workspace; 0 is no limit.");

    public static readonly Setting<int> GraceDays = Number(
        "Watermark:GraceDays", 2, 1, 30, "How many closed days a device keeps sending again, so that late changes to them still arrive.");

    public static readonly Setting<int> LookBackDays = Number(
        "Ledger:LookBackDays", 35, 1, 400, "How many days a device sends again once a day, so that what changed late, or was lost here, is mended.");

    public static readonly Setting<int> LookBacksPerMinute = Number(
        "Ledger:LookBacksPerMinute", 120, 1, 100_000, "Devices that one instance asks a minute to send again, so that no fleet does so at once.");

    public static readonly Setting<bool> DevelopmentClock = new(
        "Development:Clock", "none: the real clock", "virtual; only in the environment Development",
        "For simulations: the calendar stands still at what `PUT /development/clock` set last. Never for real data.",
        Fallback: false, text => (text == "virtual", true));

    public static readonly Setting<LedgerRules> DevelopmentRulesOff = new(
        "Development:RulesOff", "none", $"names with commas between: {string.Join(", ", RuleNames.Keys)}; only in the environment Development",
        "For simulations: rules of the ledger to switch off, to see what they are for. Never for real data.",
        LedgerRules.None, ParseRules);

    public static readonly Setting<FreeTextPolicy> FreeText = new(
        "Privacy:FreeText", "redact", "redact, quarantine or keep",
        "Texts that look like an absolute path or an e-mail address: stored as `redacted:…`, or put aside with their rows, or stored as sent (docs/normalisation.md).",
        FreeTextPolicy.Redact, ParseFreeText);

    public static readonly Setting<int> AttemptDays = Number(
        "Retention:AttemptDays", 90, 1, 3650, "How many days attempts are kept. Of each device the newest 2000 are, at most.");

    public static readonly Setting<int> ChangeDays = Number(
        "Retention:ChangeDays", 180, 1, 3650, "How many days it is kept, and can be restored, what a closed day held before it changed. Of each day the newest 20 are, at most.");

    public static readonly Setting<int> QuarantineDays = Number(
        "Retention:QuarantineDays", 180, 1, 3650, "How many days rows that break a rule are kept aside. What a device still has comes again with its next look-back.");

    public static readonly Setting<long> UsageCacheBytes = Number(
        "Usage:CacheBytes", 256L * Mebibyte, 0, 64L * 1024 * Mebibyte,
        "Memory for days whose usage was asked for lately: a month of 2000 devices takes about 70 MiB. It is given back when nobody asks for ten minutes.");

    public static readonly Setting<int> UsageDirectDeviceDays = Number(
        "Usage:DirectDeviceDays", 400, 0, 100_000, "Days times devices that an answer about usage reads row by row; with more, it reads copies that are prepared for each day.");

    public static readonly Setting<string?> OtlpEndpoint = Text(
        "OTEL_EXPORTER_OTLP_ENDPOINT", "none: nothing is sent", "an absolute http:// or https:// address, such as http://collector:4317",
        "The collector that metrics and traces are sent to. With it the other standard names are read too: `OTEL_EXPORTER_OTLP_PROTOCOL` (`grpc`, or `http/protobuf` for port 4318), "
        + "`OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_METRIC_EXPORT_INTERVAL`, `OTEL_TRACES_SAMPLER`, `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`.",
        text => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https");

    /// <summary>In the order of the documents.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        ConnectionString, DataDirectory, BinDirectory, BootstrapWorkspaceId, BootstrapApiKey, PublicUrl, TrustedProxies, AllowPlainHttp,
        RequestsPerMinute, RowsPerMinute, FailedAuthenticationsPerMinute, Connections, BodyBytes, BodyBudgetBytes, EnvelopesInFlight, DevicesPerWorkspace,
        GraceDays, LookBackDays, LookBacksPerMinute,
        FreeText, AttemptDays, ChangeDays, QuarantineDays, UsageCacheBytes, UsageDirectDeviceDays, OtlpEndpoint, DevelopmentClock, DevelopmentRulesOff,
    ];

    /// <exception cref="InvalidConfigurationException">Something set is wrong; every problem is named at once.</exception>
    public static IngestSettings Read(IConfiguration configuration)
    {
        var problems = new List<string>();
        var development = new DevelopmentSettings(DevelopmentClock.Read(configuration, problems), DevelopmentRulesOff.Read(configuration, problems));
        var settings = new IngestSettings
        {
            ConnectionString = ConnectionString.Read(configuration, problems),
            PublicUrl = PublicUrl.Read(configuration, problems),
            TrustedProxies = TrustedProxies.Read(configuration, problems),
            AllowPlainHttp = AllowPlainHttp.Read(configuration, problems),
            Embedded = new EmbeddedSettings(DataDirectory.Read(configuration, problems), BinDirectory.Read(configuration, problems)),
            Bootstrap = ReadBootstrap(configuration, problems),
            Limits = new LimitSettings
            {
                RequestsPerMinute = RequestsPerMinute.Read(configuration, problems),
                RowsPerMinute = RowsPerMinute.Read(configuration, problems),
                FailedAuthenticationsPerMinute = FailedAuthenticationsPerMinute.Read(configuration, problems),
                Connections = Connections.Read(configuration, problems),
                BodyBytes = BodyBytes.Read(configuration, problems),
                BodyBudgetBytes = BodyBudgetBytes.Read(configuration, problems),
                EnvelopesInFlight = EnvelopesInFlight.Read(configuration, problems),
                DevicesPerWorkspace = DevicesPerWorkspace.Read(configuration, problems),
            },
            Ledger = new LedgerPolicy
            {
                GraceDays = GraceDays.Read(configuration, problems),
                LookBackDays = LookBackDays.Read(configuration, problems),
                Rules = LedgerRules.All & ~development.RulesOff,
            },
            LookBacksPerMinute = LookBacksPerMinute.Read(configuration, problems),
            OtlpEndpoint = OtlpEndpoint.Read(configuration, problems),
            Development = development,
            FreeText = FreeText.Read(configuration, problems),
            Usage = new UsagePolicy(UsageCacheBytes.Read(configuration, problems), UsageDirectDeviceDays.Read(configuration, problems)),
            Retention = new RetentionPolicy(
                AttemptDays.Read(configuration, problems), ChangeDays.Read(configuration, problems), QuarantineDays.Read(configuration, problems)),
        };
        CheckBudget(settings.Limits, problems);
        FindUnknown(configuration, problems);
        return problems.Count == 0 ? settings : throw new InvalidConfigurationException(problems);
    }

    private static BootstrapSettings? ReadBootstrap(IConfiguration configuration, List<string> problems)
    {
        var before = problems.Count;
        var workspace = BootstrapWorkspaceId.Read(configuration, problems);
        var key = BootstrapApiKey.Read(configuration, problems);
        if (problems.Count > before || (workspace is null && key is null))
            return null;
        if (workspace is not null && key is not null)
            return new BootstrapSettings(workspace, key);

        var (present, absent) = workspace is null ? (BootstrapApiKey.Name, BootstrapWorkspaceId) : (BootstrapWorkspaceId.Name, (Setting)BootstrapApiKey);
        problems.Add($"{present} is set without {absent.Name}: set both or neither. Environment: {absent.EnvironmentName}.");
        return null;
    }

    private static void CheckBudget(LimitSettings limits, List<string> problems)
    {
        // Otherwise a body within its limit would be answered "come back later" for ever.
        var least = PooledBuffer.MostHeldFor(limits.BodyBytes);
        if (limits.BodyBudgetBytes < least)
        {
            problems.Add($"{BodyBudgetBytes.Name} cannot be '{limits.BodyBudgetBytes}': one body of {BodyBytes.Name} = {limits.BodyBytes} needs {least}. "
                + $"Environment: {BodyBudgetBytes.EnvironmentName}.");
        }
    }

    /// <summary>A name with a typo would otherwise be a limit that silently is not there, or a database that silently is another.</summary>
    private static void FindUnknown(IConfiguration configuration, List<string> problems)
    {
        var known = All.Where(setting => setting.Name.Contains(':', StringComparison.Ordinal))
            .ToLookup(setting => Section(setting.Name), StringComparer.Ordinal);
        foreach (var section in known)
        {
            var names = section.Select(setting => setting.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
            foreach (var (name, value) in configuration.GetSection(section.Key).AsEnumerable())
            {
                if (value is not null && !names.Contains(name))
                {
                    problems.Add($"{name} is not a setting; {section.Key} has {string.Join(", ", section.Select(setting => setting.Name))}. "
                        + $"Environment: {name.Replace(":", "__", StringComparison.Ordinal)}.");
                }
            }
        }
    }

    private static string Section(string name) => name[..name.IndexOf(':', StringComparison.Ordinal)];

    private static Setting<string?> Text(string name, string fallback, string range, string meaning, Func<string, bool>? valid = null) =>
        new(name, fallback, range, meaning, Fallback: null, text => (valid?.Invoke(text) ?? true, text));

    private static Setting<T> Number<T>(string name, T fallback, T least, T most, string meaning)
        where T : struct, System.Numerics.IBinaryInteger<T> =>
        new(name, $"{fallback}", $"a whole number from {least} to {most}", meaning, fallback, text =>
            (T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most, value));

    private static (bool Valid, LedgerRules Value) ParseRules(string text)
    {
        var rules = LedgerRules.None;
        foreach (var name in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!RuleNames.TryGetValue(name, out var rule)) return (false, LedgerRules.None);
            rules |= rule;
        }

        return (true, rules);
    }

    private static (bool Valid, IReadOnlyList<IPNetwork> Value) ParseNetworks(string text)
    {
        var networks = new List<IPNetwork>();
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPNetwork.TryParse(part, out var network)) networks.Add(network);
            else if (IPAddress.TryParse(part, out var address)) networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            else return (false, []);
        }

        return (true, networks);
    }

    private static (bool Valid, FreeTextPolicy Value) ParseFreeText(string text) =>
        (Enum.TryParse<FreeTextPolicy>(text, ignoreCase: true, out var policy) && Enum.IsDefined(policy) && !char.IsAsciiDigit(text[0]), policy);

    private static (bool Valid, string? Value) ParsePublicUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url is not { Scheme: "https", Query: "", Fragment: "", UserInfo: "" }
            || url.Host.Length == 0)
        {
            return (false, null);
        }

        // A daemon appends /v1/… as it is and wants a lower-case scheme (C§3.1).
        return (true, url.GetLeftPart(UriPartial.Path).TrimEnd('/'));
    }
}
