using Ingest.Api.Pages.Frame;
using Ingest.Domain.Health;

namespace Ingest.Api.Pages.SyncHealth;

/// <summary>States as pages show them.</summary>
internal static class StateWords
{
    public static string NameOf(SyncState state) => state switch
    {
        SyncState.SharedId => "Shared id",
        SyncState.Never => "Nothing stored",
        _ => state.ToString(),
    };

    public static Tone ToneOf(SyncState state) => state switch
    {
        SyncState.Healthy => Tone.Good,
        SyncState.Late => Tone.Notice,
        SyncState.Silent => Tone.Warning,
        SyncState.Paused or SyncState.Revoked => Tone.Neutral,
        _ => Tone.Bad,
    };

    public static string NameOf(CoverageState state) => state switch
    {
        CoverageState.None => "No usage",
        CoverageState.Shared => "Two machines",
        _ => state.ToString(),
    };

    /// <summary>What a colour and shape of the calendar means.</summary>
    public static string MeaningOf(CoverageState state) => state switch
    {
        CoverageState.None => "nothing was used",
        CoverageState.Complete => "closed, and confirmed to the device",
        CoverageState.Open => "may still change",
        CoverageState.Late => "closed, and not confirmed yet",
        CoverageState.Changed => "changed after it was closed",
        CoverageState.Shrunk => "holds less than it did when it was closed",
        CoverageState.Quarantined => "some rows break a rule, and are not counted",
        CoverageState.Shared => "two machines overwrite it",
        _ => "not here, or not whole",
    };

    public static string NameOf(RemedyParty party) => party switch
    {
        RemedyParty.Device => "At the device",
        RemedyParty.Manager => "A manager",
        _ => "Who runs the server",
    };
}
