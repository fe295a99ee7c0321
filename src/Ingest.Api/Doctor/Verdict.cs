namespace Ingest.Api.Doctor;

/// <summary>Worst last.</summary>
internal enum Verdict
{
    Ok,

    /// <summary>It works, and somebody should look.</summary>
    Warn,

    /// <summary>Devices cannot deliver, or soon cannot.</summary>
    Fail,
}
