using Ingest.Persistence.Backups;

namespace Ingest.Api.Operator;

/// <param name="Restored">What the database knows now.</param>
/// <param name="Migrated">Migrations that the backup did not have yet.</param>
/// <param name="Maintenance">Whether every request is answered 503 until the operator ends it.</param>
internal sealed record RestoreOutcome(RestoredBackup Restored, IReadOnlyList<string> Migrated, bool Maintenance);
