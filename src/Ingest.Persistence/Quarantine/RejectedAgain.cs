namespace Ingest.Persistence.Quarantine;

/// <summary>Why the rules of this version reject a row, too.</summary>
internal sealed record RejectedAgain(Guid Id, string Path, string Code, string Message);
