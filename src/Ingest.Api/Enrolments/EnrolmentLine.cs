namespace Ingest.Api.Enrolments;

/// <summary>What is pasted on a device: it redeems the code and writes the whole file, readable for its owner only.</summary>
internal static class EnrolmentLine
{
    /// <param name="endpoint">Where the server is reached, without a slash at the end.</param>
    /// <param name="code">The code.</param>
    public static string Of(string endpoint, string code) =>
        $$"""(umask 077; mkdir -p ~/.config/budi; curl -fsS {{endpoint}}/v1/enroll -H 'Accept: {{RedeemedResult.Toml}}' -H 'Content-Type: application/json' -d '{"code":"{{code}}"}' -o {{CloudToml.Path}} && chmod 600 {{CloudToml.Path}})""";
}
