using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Ingest.Api.Tests.Operator;
using Ingest.Testing;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Ingest.Api.Tests.Doctor;

public sealed class DoctorTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ingest-doctor-").FullName;
    private WebApplication? _proxy;

    public async ValueTask DisposeAsync()
    {
        if (_proxy is not null) await _proxy.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Beside_a_running_service_it_finds_what_should_be_looked_at_and_ends_with_3()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await IngestService.StartAsync(database);
        var (code, checks) = await DiagnoseAsync(("ConnectionStrings:Ingest", database.ConnectionString));
        code.ShouldBe(3);
        checks.Keys.ShouldBe(["configuration", "database", "schema", "clock", "keys", "wall", "devices", "backup"]);
        checks["configuration"].ShouldStartWith("warn PublicUrl is not set");
        foreach (var check in checks.Where(check => check.Key != "configuration")) check.Value.ShouldStartWith("ok ", customMessage: check.Key);

        await OperatorRun.RunAsync([new("ConnectionStrings:Ingest", database.ConnectionString)], "restore", "--done");
        (_, checks) = await DiagnoseAsync(("ConnectionStrings:Ingest", database.ConnectionString));
        checks["maintenance"].ShouldStartWith("warn On since ");

        var text = await OperatorRun.RunAsync([new("ConnectionStrings:Ingest", database.ConnectionString)], "doctor");
        text.Output.ShouldContain("WARN  maintenance");
        text.Output.ShouldContain("-> ingest maintenance off");
    }

    [Fact]
    public async Task A_schema_that_is_behind_fails_with_the_command()
    {
        await using var database = await TestDatabase.CreateAsync(migrate: false);
        var (code, checks) = await DiagnoseAsync(("ConnectionStrings:Ingest", database.ConnectionString));
        code.ShouldBe(1);
        checks["schema"].ShouldStartWith("fail It lacks 0001_initial, 0002_ledger, ");
        checks["schema"].ShouldEndWith(". ingest migrate");
    }

    [Fact]
    public async Task A_database_that_is_away_fails_and_says_why()
    {
        var (code, checks) = await DiagnoseAsync(("ConnectionStrings:Ingest", "Host=127.0.0.1;Port=1;Username=ingest;Password=not-for-eyes;Database=ingest"));
        code.ShouldBe(1);
        checks["database"].ShouldStartWith("fail The database could not be asked");
        checks["database"].ShouldNotContain("not-for-eyes");
    }

    [Fact]
    public async Task Where_there_is_no_cluster_yet_none_is_made()
    {
        var data = Path.Combine(_folder, "data");
        var (code, checks) = await DiagnoseAsync(("Embedded:DataDirectory", data));
        code.ShouldNotBe(2);
        checks["database"].ShouldStartWith("warn There is none yet");
        checks["disk"].ShouldContain("are free under");
        Directory.Exists(data).ShouldBeFalse();
    }

    [Fact]
    public async Task A_wrong_setting_ends_with_2() => (await OperatorRun.RunAsync([new("PublicUrl", "http://ingest.example.com")], "doctor")).Code.ShouldBe(2);

    [Theory]
    [InlineData("localhost", 90, "fail It is not trusted")]
    [InlineData("another.example.com", 90, "fail It is for another name than localhost")]
    [InlineData("localhost", -3, "fail It expired 3 days ago")]
    public async Task A_certificate_that_devices_refuse_is_told_apart(string name, int days, string finding)
    {
        var (_, certificate) = Certificate(name, days);
        var url = await ServeAsync(certificate, StatusCodes.Status200OK);
        var (code, checks) = await DiagnoseAsync(("Embedded:DataDirectory", Path.Combine(_folder, "data")), ("PublicUrl", url));
        code.ShouldBe(1);
        checks["certificate"].ShouldStartWith(finding);
        checks["address"].ShouldStartWith("fail ");
    }

    [Theory]
    [InlineData(90, 200, "ok Trusted by this machine", "ok ")]
    [InlineData(10, 200, "warn Trusted by this machine", "ok ")]
    [InlineData(90, 301, "ok Trusted by this machine", "fail https")]
    [InlineData(90, 503, "ok Trusted by this machine", "fail https")]
    public async Task A_certificate_that_is_trusted_is_told_with_its_days_and_what_answers_behind_it(int days, int status, string certificateFinding, string addressFinding)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere what is trusted is not a file.");
        var (authority, certificate) = Certificate("localhost", days);
        var trusted = Path.Combine(_folder, "trusted.pem");
        await File.WriteAllTextAsync(trusted, authority.ExportCertificatePem());
        var url = await ServeAsync(certificate, status);

        var start = new ProcessStartInfo("dotnet", [typeof(IngestApp).Assembly.Location, "doctor", "--format", "json"]) 
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            WorkingDirectory = _folder,
        };
        start.Environment["SSL_CERT_FILE"] = trusted;
        start.Environment["PublicUrl"] = url;
        start.Environment["Embedded__DataDirectory"] = Path.Combine(_folder, "data");
        start.Environment.Remove("ConnectionStrings__Ingest");
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        var checks = Checks(output);
        checks["certificate"].ShouldStartWith(certificateFinding);
        checks["address"].ShouldStartWith(addressFinding);
    }

    private static async Task<(int Code, Dictionary<string, string> Checks)> DiagnoseAsync(params (string Name, string Value)[] settings)
    {
        var run = await OperatorRun.RunAsync([.. settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))], "doctor", "--format", "json");
        run.Error.ShouldBeEmpty();
        return (run.Code, Checks(run.Output));
    }

    private static Dictionary<string, string> Checks(string json)
    {
        using var answer = JsonDocument.Parse(json);
        return answer.RootElement.GetProperty("checks").EnumerateArray().ToDictionary(
            one => one.GetProperty("check").GetString()!,
            one => $"{one.GetProperty("verdict").GetString()} {one.GetProperty("text").GetString()} {one.GetProperty("remedy").GetString()}".TrimEnd());
    }

    private static (X509Certificate2 Authority, X509Certificate2 Certificate) Certificate(string name, int days)
    {
        var (begins, ends) = (TimeProvider.System.GetUtcNow().AddDays(-30), TimeProvider.System.GetUtcNow().AddDays(days).AddHours(1));
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=Test authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var authority = authorityRequest.CreateSelfSigned(begins.AddDays(-1), begins.AddYears(5));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(authority, begins, ends, [1, 2, 3, 4]);
        using var withKey = signed.CopyWithPrivateKey(key);
        return (authority, X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null));
    }

    private async Task<string> ServeAsync(X509Certificate2 certificate, int status)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.UseHttps(certificate);
        }));
        _proxy = builder.Build();
        _proxy.MapGet("/health/ready", (HttpContext context) =>
        {
            context.Response.StatusCode = status;
            if (status is 301) context.Response.Headers.Location = "https://elsewhere.example.com/";
        });
        await _proxy.StartAsync();
        return $"https://localhost:{new Uri(_proxy.Urls.Single()).Port}";
    }
}
