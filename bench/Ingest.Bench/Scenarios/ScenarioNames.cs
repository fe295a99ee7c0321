namespace Ingest.Bench.Scenarios;

/// <summary>Those that others are compared with, or that the run itself has to know.</summary>
internal static class ScenarioNames
{
    public const string Floor = "floor";
    public const string Changed = "changed";
    public const string Idle = "idle";
    public const string Half = "half";
    public const string Overload = "overload";
    public const string Recovery = "recovery";
    public const string Steady = "steady";
    public const string Resend = "resend";
    public const string Status = "status";
    public const string Manifest = "manifest";
    public const string Usage = "usage";
    public const string UsageMonth = "usage-month";
    public const string WhoAmI = "whoami";
    public const string OneInstance = "one-instance";
    public const string TwoInstances = "two-instances";
}
