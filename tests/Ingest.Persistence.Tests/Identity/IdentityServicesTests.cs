using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Keys;
using Ingest.Testing.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Ingest.Persistence.Tests.Identity;

public sealed class IdentityServicesTests
{
    [Fact]
    public async Task The_registered_services_find_a_key_note_its_use_and_hear_its_revocation()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var database = await IdentityDatabase.CreateAsync();
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton(_ => NpgsqlDataSource.Create(database.ConnectionString));
        services.AddIdentity();
        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        var background = provider.GetServices<IHostedService>().ToList();
        foreach (var service in background) await service.StartAsync(cancellation);

        var keys = provider.GetRequiredService<KeyStore>();
        var directory = provider.GetRequiredService<IKeyDirectory>();
        var key = await provider.GetRequiredService<ServerSetup>().FirstStartAsync(cancellation);
        var (outcome, caller) = await directory.FindAsync(key!.Key, cancellation);
        outcome.ShouldBe(KeyLookupOutcome.Found);
        provider.GetRequiredService<KeyUseRecorder>().Used(caller!);
        await Eventually.TrueAsync(async () => (await keys.ListAsync(null, cancellation))[0].LastUsedAt is not null, "the use is written");
        await keys.RevokeKeyAsync(key.Prefix);
        await Eventually.TrueAsync(
            async () => (await directory.FindAsync(key.Key, cancellation)).Outcome == KeyLookupOutcome.Unknown, "the key is refused");

        foreach (var service in background) await service.StopAsync(cancellation);
    }
}
