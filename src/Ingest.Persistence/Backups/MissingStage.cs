namespace Ingest.Persistence.Backups;

/// <summary>How far a device is with closing the gap that a restored backup left.</summary>
public enum MissingStage
{
    /// <summary>It was not in contact since.</summary>
    Away,

    /// <summary>It was in contact, and is asked with one of its next envelopes.</summary>
    Waiting,

    /// <summary>It was asked, and has not gone back yet.</summary>
    Asked,

    /// <summary>It sends its history.</summary>
    Sending,
}
