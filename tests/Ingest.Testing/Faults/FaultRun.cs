using System.Reflection;
using Xunit;
using Xunit.v3;

namespace Ingest.Testing.Faults;

/// <summary>How often faults are tried, and what came of it.</summary>
public static class FaultRun
{
    private static readonly Lock Appending = new();

    /// <summary>Whether this is <c>./test --faults</c>, which has half an hour.</summary>
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("INGEST_FAULTS") == "full";

    /// <summary>So many in brief, so many in full.</summary>
    public static int Times(int brief, int full) => IsFull ? full : brief;

    /// <summary>Says what a test marked with <see cref="FaultAttribute"/> has seen; the last thing it does, since what is reported is taken for passed.</summary>
    /// <param name="runs">How often, such as <c>50 kills</c>.</param>
    /// <param name="result">What was counted, such as <c>4 210 acknowledged, 0 lost, 0 in part</c>.</param>
    public static void Report(string runs, string result)
    {
        var method = ((IXunitTestMethod)TestContext.Current.TestMethod!).Method;
        var fault = method.GetCustomAttribute<FaultAttribute>() ?? throw new InvalidOperationException($"{method.Name} is not marked as a fault.");
        TestContext.Current.SendDiagnosticMessage("{0}: {1}; {2}", fault.Fault, runs, result);
        if (Environment.GetEnvironmentVariable("INGEST_FAULT_REPORT") is not { Length: > 0 } report) return;
        var name = $"{method.DeclaringType!.Name}.{method.Name}";
        lock (Appending) File.AppendAllText(report, string.Join('\t', (int)fault.Area, fault.Area, fault.Fault, fault.Promises, name, runs, result) + "\n");
    }
}
