using Ingest.Domain.Ledger;

namespace Ingest.Api.Configuration;

/// <summary>What a simulation changes about a server. Data that was received under any of it is not to be trusted.</summary>
/// <param name="HasVirtualClock">The calendar stands still until it is set from outside.</param>
/// <param name="RulesOff">Rules that are switched off, to show what each is for.</param>
internal sealed record DevelopmentSettings(bool HasVirtualClock, LedgerRules RulesOff)
{
    public bool IsInUse => HasVirtualClock || RulesOff != LedgerRules.None;

    /// <exception cref="InvalidConfigurationException">One of them is set on a server that is not for development.</exception>
    public void RefuseOutside(IHostEnvironment environment)
    {
        if (environment.IsDevelopment()) return;
        var problems = new List<string>();
        if (HasVirtualClock) problems.Add(Refusal(Settings.DevelopmentClock));
        if (RulesOff != LedgerRules.None) problems.Add(Refusal(Settings.DevelopmentRulesOff));
        if (problems.Count > 0) throw new InvalidConfigurationException(problems);

        string Refusal(Setting setting) =>
            $"{setting.Name} is for simulations only and would spoil real data: it is refused in the environment {environment.EnvironmentName}. "
            + $"Remove {setting.EnvironmentName}, or start with --environment Development.";
    }
}
