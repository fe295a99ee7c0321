using Xunit.v3;

namespace Ingest.Testing.Faults;

/// <summary>
/// A fault or an attack, and the promise that stands it: a row of the table in <c>docs/reliability.md</c>. <c>./test</c> runs it in brief,
/// <c>./test --faults</c> as often as the table says; the test says itself what it saw, with <see cref="FaultRun.Report"/>.
/// </summary>
/// <param name="area">The part of the table.</param>
/// <param name="fault">What breaks, or is tried.</param>
/// <param name="promises">What has to hold: P1 to P10 as README.md names them.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FaultAttribute(FaultArea area, string fault, string promises) : Attribute, ITraitAttribute
{
    public FaultArea Area => area;

    public string Fault => fault;

    public string Promises => promises;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [KeyValuePair.Create("Faults", "yes")];
}
