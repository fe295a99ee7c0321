using Ingest.Api.Tests.Plumbing;
using Ingest.Domain.Identity;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ingest.Api.Tests.Walls;

/// <summary>Who is told "refused" finds out why in the log: one line, with everything that helps and nothing that must not be there.</summary>
public sealed class RefusalLogTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task Every_refused_request_is_one_line_with_its_attempt_and_whose_it_is()
    {
        using var log = new RecordedLog();
        fixture.Service.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        var (service, device) = (fixture.Service, ServiceFixture.NewDevice());
        var answers = new List<(ServiceAnswer Answer, string Device)>
        {
            (await service.PostAsync("{"), "-"),
            (await service.PostAsync(ServiceFixture.Envelope(device).Field("schema_version", "9")), device),
            (await service.PostAsync(ServiceFixture.Envelope(device).Field("payload", "1")), device),
            (await service.PostAsync(ServiceFixture.Envelope(device).RawRollup("1")), device),
            (await service.PostAsync(ServiceFixture.Envelope(device).Field("workspace_id", "\"ws_other\"")), "-"),
            (await service.StatusAsync("nobody-knows-it"), "nobody-knows-it"),
            (await service.GetAsync("/v1/ingest/status?device_id=a%0Ab"), "-"),
            (await service.GetAsync("/v1/usage?from=x%20x&to=y"), "-"),
            (await service.GetAsync("/v1/ingest"), "-"),
        };
        foreach (var (answer, about) in answers)
        {
            var line = log.Lines.Where(line => line.Text.Contains(answer.Text("attempt_id")!, StringComparison.Ordinal)).ShouldHaveSingleItem();
            line.Category.ShouldStartWith("Ingest.");
            var request = answer.Response.RequestMessage!;
            line.Text.ShouldStartWith($"{request.Method} {request.RequestUri!.AbsolutePath} refused: {(int)answer.Status} {answer.Text("code")}, attempt ");
            line.Text.ShouldEndWith(answer.Text("code") is "method_not_allowed" ? "workspace -, device -" : $"workspace {IngestService.WorkspaceId}, device {about}");
            line.Text.ShouldNotContain('\n');
        }
    }

    [Fact]
    public async Task A_stranger_is_no_line_and_a_key_in_a_path_is_no_more_than_its_prefix()
    {
        using var log = new RecordedLog();
        fixture.Service.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        var key = ApiKeyText.Generate();
        using var stranger = fixture.Service.ClientWith(key.Text);
        (await stranger.StatusOfAsync("d")).ShouldBeRefused(401, "unauthorized");
        log.Ours.ShouldBeEmpty();

        var answer = (await stranger.AnswerAsync($"/v1/{key.Text}")).ShouldBeRefused(404, "not_found");
        answer.Text("detail")!.ShouldNotContain(key.Text);
        log.Ours.ShouldHaveSingleItem().ShouldContain($"/v1/{key.Prefix}… refused: 404");
    }
}
