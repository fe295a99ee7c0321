namespace Ingest.Api.Configuration;

/// <summary>One way to read the configuration, for the service and for the verbs: a verb must never work on another database than the service.</summary>
internal static class ServiceHost
{
    /// <summary>
    /// Defaults come from the folder of the program, wherever it is started; then environment variables, secret files and arguments.
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(params string[] arguments)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = arguments, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddSecretFiles();
        return builder;
    }
}
