using Ingest.Api.Configuration;

namespace Ingest.Api.Operator;

/// <summary>The options of <c>serve</c>, which go to the host as they are. The host ignores what it does not know; a typo should not start a server.</summary>
internal static class HostArguments
{
    private static readonly string[] HostOptions = ["urls", "http_ports", "https_ports", "environment", "contentRoot", "applicationName", "AllowedHosts"];
    private static readonly string[] HostSections = ["Logging:", "Kestrel:"];

    /// <returns>What is wrong with the first argument that is; null when all are fine.</returns>
    public static string? Check(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (!argument.StartsWith("--", StringComparison.Ordinal))
                return $"'{argument}' is neither a verb nor an option. See --help.";

            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? argument[2..] : argument[2..equals];
            if (!IsKnown(name))
                return $"There is no option --{name}. See --help, or the settings in docs/configuration.md.";
            if (equals < 0 && (++i == arguments.Count || arguments[i].StartsWith("--", StringComparison.Ordinal)))
                return $"The option --{name} needs a value.";
        }

        return null;
    }

    private static bool IsKnown(string name) =>
        HostOptions.Contains(name, StringComparer.OrdinalIgnoreCase)
        || HostSections.Any(section => name.StartsWith(section, StringComparison.OrdinalIgnoreCase))
        || Settings.All.Any(setting => setting.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
