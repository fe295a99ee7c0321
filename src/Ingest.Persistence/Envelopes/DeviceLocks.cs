namespace Ingest.Persistence.Envelopes;

/// <summary>How devices are locked when they are read.</summary>
internal enum DeviceLocks
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Those that nobody else holds; the others are not read.</summary>
    IfFree,

    /// <summary>All of them, behind whoever holds them.</summary>
    Wait,
}
