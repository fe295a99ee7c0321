using System.Diagnostics;

namespace Ingest.Api.Telemetry;

/// <summary>The stages of an envelope, for traces. Nothing secret and nothing of a body is ever a tag.</summary>
internal static class IngestTrace
{
    public const string Name = "Ingest";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>Null where nobody listens.</summary>
    public static Activity? Stage(string name) => Source.StartActivity(name);
}
