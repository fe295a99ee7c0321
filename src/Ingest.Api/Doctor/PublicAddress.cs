using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Ingest.Api.Doctor;

/// <summary>Asks the server at the address that devices use, as they do: over HTTPS, and without following redirects.</summary>
internal static class PublicAddress
{
    /// <summary>Time to renew it by hand.</summary>
    private const int WarnDays = 21;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="url">The configured PublicUrl.</param>
    /// <param name="time">The clock certificates are held against.</param>
    /// <param name="cancellation">Ends the call.</param>
    public static async Task<IReadOnlyList<Finding>> ExamineAsync(string url, TimeProvider time, CancellationToken cancellation)
    {
        DateTimeOffset? expires = null;
        string? issuer = null;
        var errors = SslPolicyErrors.None;
        string? chainStatus = null;
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, ConnectTimeout = Patience };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, found) =>
        {
            using var copy = certificate is null ? null : X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
            expires = copy is null ? null : new DateTimeOffset(copy.NotAfter.ToUniversalTime());
            issuer = copy?.GetNameInfo(X509NameType.SimpleName, forIssuer: true);
            errors = found;
            chainStatus = string.Join(", ", chain?.ChainStatus.Select(status => status.Status.ToString()) ?? []);
            return found == SslPolicyErrors.None;
        };
        using var client = new HttpClient(handler) { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(new Uri($"{url}{Health.HealthEndpoints.Ready}"), cancellation);
            return [Certificate(), Reached((int)answer.StatusCode)];
        }
        catch (HttpRequestException failure) when (errors != SslPolicyErrors.None || expires is not null)
        {
            return [Certificate(), new Finding("address", Verdict.Fail, $"{url} does not answer: {failure.Message}", "See the certificate above.")];
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            return
            [
                new Finding(
                    "address", Verdict.Fail, $"{url} does not answer: {failure.Message}",
                    "Look at its name in DNS, the firewall and the proxy in front. If only this machine cannot reach it, ask from another one."),
            ];
        }

        Finding Certificate()
        {
            var left = expires is { } at ? (int)Math.Floor((at - time.GetUtcNow()).TotalDays) : 0;
            var what = $"from {issuer}, for another {left} days";
            if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable)) return Bad("The server shows none.", "Give the proxy a certificate: docs/operations.md, \"Certificates\".");
            if (left < 0) return Bad($"It expired {-left} days ago ({issuer}).", "Renew it; every device fails until then, and goes on by itself afterwards.");
            if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)) return Bad($"It is for another name than {new Uri(url).Host}: {what}.", "Get one for this name, or set PublicUrl to the name it has.");
            if (errors != SslPolicyErrors.None)
            {
                return Bad(
                    $"It is not trusted ({chainStatus}): {what}.",
                    "A stock daemon trusts public authorities only, and needs the whole chain: send the intermediate certificates too, and use no authority of your own.");
            }

            // Of the authorities that this machine trusts somebody may have added some; a daemon brings its own list.
            var seen = $"Trusted by this machine, {what}. A stock daemon trusts public authorities only, which this cannot see.";
            return left < WarnDays ? new Finding("certificate", Verdict.Warn, seen, "Renew it, or see why it was not renewed by itself.") : new Finding("certificate", Verdict.Ok, seen);

            static Finding Bad(string text, string remedy) => new("certificate", Verdict.Fail, text, remedy);
        }

        Finding Reached(int status) => status switch
        {
            StatusCodes.Status200OK => new Finding("address", Verdict.Ok, $"{url} answers and is ready."),
            StatusCodes.Status503ServiceUnavailable => new Finding(
                "address", Verdict.Fail, $"{url} answers 503: the service is not ready, or the proxy does not find it.", $"Read what it says: curl {url}{Health.HealthEndpoints.Ready}"),
            >= 300 and < 400 => new Finding("address", Verdict.Fail, $"{url} redirects ({status}), which a daemon does not follow.", "Set PublicUrl to where it redirects to, or end the redirect."),
            _ => new Finding("address", Verdict.Fail, $"{url}{Health.HealthEndpoints.Ready} answers {status}: another program stands there, or the path is not passed on.", "Look at the proxy's rules."),
        };
    }
}
