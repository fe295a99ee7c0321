namespace Ingest.Domain.Ledger;

public static class ChangeReasons
{
    /// <summary>As it is stored and shown.</summary>
    public static string WireName(this ChangeReason reason) => reason switch
    {
        ChangeReason.Grew => "grew",
        ChangeReason.Shrank => "shrank",
        ChangeReason.ReKeyed => "re_keyed",
        ChangeReason.Ghosted => "ghosted",
        ChangeReason.Revived => "revived",
        ChangeReason.Restored => "restored",
        _ => "edited",
    };
}
