namespace Ingest.Simulator;

/// <summary>The rules that the service can run without in development, by the names it knows them under.</summary>
internal static class RuleNames
{
    public static IReadOnlyList<string> All { get; } =
    [
        "closed_watermark", "grace", "order", "clock_epochs", "ghosts", "rewind_changed", "rewind_late", "give_up", "look_back", "full_look_back",
        "first_contact", "shared_id",
    ];

    public static string Every => string.Join(',', All);
}
