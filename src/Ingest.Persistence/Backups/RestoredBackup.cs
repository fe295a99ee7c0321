namespace Ingest.Persistence.Backups;

/// <summary>What a restored database knows.</summary>
/// <param name="Devices">All of them are asked to send again what they have.</param>
/// <param name="NewestContactAt">The last contact it knows of: what came later is not in it.</param>
public sealed record RestoredBackup(int Devices, DateTimeOffset? NewestContactAt);
