using Ingest.Testing.Postgres;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Clients;

/// <summary>
/// A client generated from the committed document, by a tool that knows nothing of this server, compiles and gets along with it. A type that the
/// document tells wrongly, or leaves out, fails the compiler or the scenario.
/// </summary>
public sealed class TypeScriptTests
{
    [Fact]
    public async Task A_client_generated_from_the_document_enrols_a_device_sends_and_reads_again()
    {
        var (status, said) = await Npm.RunAsync("build");
        status.ShouldBe(0, said);

        await using var database = await TestDatabase.CreateAsync();
        await using var service = await IngestService.StartAsync(database);
        (status, said) = await Npm.RunAsync("scenario", ("INGEST_ADDRESS", service.Address.ToString().TrimEnd('/')), ("INGEST_KEY", IngestService.Key));
        status.ShouldBe(0, said);
        said.ShouldEndWith("enrolled, sent, and read again\n");
        (await service.QueryAsync<string>("SELECT label || ' ' || rollup_rows || ' ' || session_rows || ' ' || window_rows FROM devices")).ShouldBe(["typescript 2 1 1"]);
    }
}
