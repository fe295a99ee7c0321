namespace Ingest.Domain.Ledger;

public static class RewindReasons
{
    private static readonly (RewindReason Reason, string Name)[] Names =
    [
        (RewindReason.Changed, "changed"), (RewindReason.Late, "late"), (RewindReason.Requested, "requested"),
        (RewindReason.FirstContact, "first_contact"), (RewindReason.LookBack, "look_back"), (RewindReason.FullLookBack, "full_look_back"),
    ];

    /// <summary>Those that are routine, as they are stored.</summary>
    public static string[] RoutineNames { get; } = [.. Names.Where(known => known.Reason.IsRoutine()).Select(known => known.Name)];

    /// <summary>As it is stored and shown.</summary>
    public static string WireName(this RewindReason reason) => Array.Find(Names, known => known.Reason == reason).Name;

    public static RewindReason Parse(string name) => Array.Find(Names, known => known.Name == name).Reason;

    /// <summary>Whether days that are asked for again for this reason are believed to be whole meanwhile.</summary>
    public static bool IsRoutine(this RewindReason reason) => reason is RewindReason.LookBack or RewindReason.FullLookBack or RewindReason.Requested;
}
