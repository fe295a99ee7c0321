namespace Ingest.Persistence.Cluster;

/// <summary>How a program ended and what it printed, both streams together.</summary>
internal readonly record struct CommandResult(int ExitCode, string Output)
{
    public bool Succeeded => ExitCode == 0;
}
