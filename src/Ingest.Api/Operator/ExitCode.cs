namespace Ingest.Api.Operator;

/// <summary>What the process says when it ends.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>Refused, or failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is wrong: doing the same again cannot help.</summary>
    public const int Usage = 2;
}
