namespace Ingest.Api.Operator;

/// <summary>What the process says when it ends.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>Refused, or failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is wrong: doing the same again cannot help.</summary>
    public const int Usage = 2;

    /// <summary>Of <c>doctor</c>: everything works, and something should be looked at.</summary>
    public const int Warned = 3;
}
