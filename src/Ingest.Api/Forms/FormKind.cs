namespace Ingest.Api.Forms;

/// <summary>What the value of a field is.</summary>
internal enum FormKind
{
    Text,
    Flag,
    Number,
    Instant,
    Day,
    DeviceId,
    Uuid,

    /// <summary>One of a closed list of words.</summary>
    Choice,

    /// <summary>Several of a closed list of words.</summary>
    Choices,

    /// <summary>Several UUIDs.</summary>
    Uuids,
}
