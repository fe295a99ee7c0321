using Ingest.Api.Configuration;
using Ingest.Api.Operator;

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
        using var startLog = LoggerFactory.Create(logging => logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole());

        await using var database = await ServerDatabase.OpenAsync(settings, startLog.CreateLogger("Ingest"), CancellationToken.None);
        await using var app = builder.AddIngest(settings, database.Source).Build();
        app.UseIngest();
        await app.StartAsync();
        Banner.Print(Console.Out, app.Urls, settings, database, app.Services.GetRequiredService<FirstStart>().Key, app.Services.GetRequiredService<TimeProvider>());
        await app.WaitForShutdownAsync();
        return ExitCode.Done;
    }
}
