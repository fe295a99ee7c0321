using System.Text.Json;

namespace Ingest.Api.Tests.Startup;

/// <summary>What the runtime is told before any code runs.</summary>
public sealed class RuntimeTests
{
    [Fact]
    public void The_collector_is_the_one_that_keeps_an_idle_service_small()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "ingest.runtimeconfig.json")));
        file.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties").GetProperty("System.GC.Server").GetBoolean().ShouldBeFalse();
    }
}
