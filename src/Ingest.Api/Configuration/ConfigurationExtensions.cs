namespace Ingest.Api.Configuration;

internal static class ConfigurationExtensions
{
    /// <summary>Where container engines put secrets: a file named like an environment variable (<c>Bootstrap__ApiKey</c>) holds its value.</summary>
    public const string SecretsDirectory = "/run/secrets";

    public static IConfigurationBuilder AddSecretFiles(this IConfigurationBuilder configuration) =>
        configuration.AddKeyPerFile(SecretsDirectory, optional: true);

    /// <exception cref="InvalidConfigurationException">Something set is wrong.</exception>
    public static IngestSettings AddSettings(this IServiceCollection services, IConfiguration configuration)
    {
        var settings = Settings.Read(configuration);
        services.AddSingleton(settings);
        return settings;
    }
}
