namespace Ingest.Api.Doctor;

/// <summary>The answer of <c>doctor</c>.</summary>
/// <param name="Verdict">The worst of all.</param>
internal sealed record Diagnosis(Verdict Verdict, IReadOnlyList<Finding> Checks)
{
    public static Diagnosis Of(IReadOnlyList<Finding> findings) => new(findings.Max(finding => finding.Verdict), findings);
}
