namespace Ingest.Api.Configuration;

/// <summary>The service must not start with this configuration. One readable line per problem.</summary>
internal sealed class InvalidConfigurationException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    public IReadOnlyList<string> Problems { get; } = problems;
}
