namespace Ingest.Api.Configuration;

/// <summary>One thing that can be configured: its name, default, range and meaning together, so that the documents cannot drift from the code.</summary>
/// <param name="Name">The name in appsettings, with colons between sections.</param>
/// <param name="Default">What holds when it is not set, as documents show it.</param>
/// <param name="Range">What is accepted, as documents and refusals show it.</param>
/// <param name="Meaning">What it does, in one or two sentences.</param>
internal abstract record Setting(string Name, string Default, string Range, string Meaning)
{
    /// <summary>The name as an environment variable.</summary>
    public string EnvironmentName => Name.Replace(":", "__", StringComparison.Ordinal);

    /// <summary>Never quoted in a message.</summary>
    public bool Secret { get; init; }
}
