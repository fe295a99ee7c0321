namespace Ingest.Persistence.Backups;

/// <summary>A backup that is whole and on the disk.</summary>
/// <param name="File">Its full path.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="BegunAt">It holds what was committed by about then, and nothing later.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record TakenBackup(string File, long Bytes, DateTimeOffset BegunAt, double Seconds);
