using System.Net;
using Ingest.Api.Configuration;
using Ingest.Api.Operator;
using Ingest.Persistence;

namespace Ingest.Api.Startup;

/// <summary>The verb <c>serve</c>.</summary>
internal static class IngestServer
{
    /// <summary>Runs the service until it is told to stop.</summary>
    /// <param name="arguments">Settings and options of the host.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var builder = ServiceHost.CreateBuilder(arguments);
        var settings = Settings.Read(builder.Configuration);
        settings.Development.RefuseOutside(builder.Environment);
        CheckUrls(builder.Configuration[WebHostDefaults.ServerUrlsKey]);
        using var startLog = LoggerFactory.Create(logging => logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole());

        await using var database = await ServerDatabase.OpenAsync(
            settings.ConnectionString, settings.Embedded.Cluster, startLog.CreateLogger("Ingest"), CancellationToken.None);
        await using var app = builder.AddIngest(settings, database).Build();
        app.UseIngest();
        var banner = new Banner(Console.Out, settings, app.Services.GetRequiredService<TimeProvider>());
        var firstStart = app.Services.GetRequiredService<FirstStart>();
        try
        {
            await app.StartAsync();
        }
        catch when (firstStart.Key is not null)
        {
            // The port may be taken. The key is stored by now, and a later start could not show it.
            banner.ShowKey(firstStart.Key);
            throw;
        }

        banner.ShowAddresses(app.Urls, database);
        if (firstStart.Key is { } key) banner.ShowFirstStart(app.Urls, key);
        await app.WaitForShutdownAsync();
        return ExitCode.Done;
    }

    /// <summary>Kestrel parses addresses when it binds them: a database would be started for nothing, and a port beyond 65535 end in a stack trace.</summary>
    /// <exception cref="InvalidConfigurationException">An address is none.</exception>
    private static void CheckUrls(string? urls)
    {
        foreach (var url in (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!IsAddress(url))
                throw new InvalidConfigurationException([$"Urls cannot be '{url}': addresses such as http://127.0.0.1:8080, with ; between them. Environment: URLS."]);
        }
    }

    private static bool IsAddress(string url)
    {
        try
        {
            return BindingAddress.Parse(url).Port is >= 0 and <= IPEndPoint.MaxPort;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
