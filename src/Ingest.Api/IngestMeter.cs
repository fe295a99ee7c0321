namespace Ingest.Api;

/// <summary>The name under which everything this service counts is published.</summary>
internal static class IngestMeter
{
    public const string Name = "Ingest";
}
