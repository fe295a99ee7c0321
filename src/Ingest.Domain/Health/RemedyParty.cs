namespace Ingest.Domain.Health;

/// <summary>Who does it.</summary>
public enum RemedyParty
{
    /// <summary>The person at the keyboard of the device.</summary>
    Device,

    /// <summary>A manager of the workspace.</summary>
    Manager,

    /// <summary>Whoever runs the server.</summary>
    Operator,
}
