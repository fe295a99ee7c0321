using System.Text.Json;

namespace Ingest.Api.Tests.Startup;

/// <summary>What the runtime is told before any code runs.</summary>
public sealed class RuntimeTests
{
    [Fact]
    public void The_collector_is_the_one_that_keeps_an_idle_service_small() => Setting("System.GC.Server").GetBoolean().ShouldBeFalse();

    [Fact]
    public void Threads_that_wait_for_work_leave_the_processor_to_the_database() =>
        Setting("System.Threading.ThreadPool.UnfairSemaphoreSpinLimit").GetInt32().ShouldBe(0);

    private static JsonElement Setting(string name)
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "ingest.runtimeconfig.json")));
        return file.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties").GetProperty(name).Clone();
    }
}
