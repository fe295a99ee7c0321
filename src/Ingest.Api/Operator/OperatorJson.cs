using System.Text.Json;
using System.Text.Json.Serialization;
using Ingest.Api.Doctor;
using Ingest.Api.Reconciliation;
using Ingest.Domain.Identity;
using Ingest.Persistence.Backups;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Rewinds;

namespace Ingest.Api.Operator;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, Converters = [typeof(RoleConverter), typeof(CompletenessConverter), typeof(StageConverter), typeof(VerdictConverter)])]
[JsonSerializable(typeof(CreatedWorkspace))]
[JsonSerializable(typeof(IssuedKey))]
[JsonSerializable(typeof(RevokedKey))]
[JsonSerializable(typeof(ChangedKey))]
[JsonSerializable(typeof(KeyList))]
[JsonSerializable(typeof(RequestedRewinds))]
[JsonSerializable(typeof(RestoreAnswer))]
[JsonSerializable(typeof(MaintenanceState))]
[JsonSerializable(typeof(MigrationOutcome))]
[JsonSerializable(typeof(TakenBackup))]
[JsonSerializable(typeof(RestoreOutcome))]
[JsonSerializable(typeof(MissingList))]
[JsonSerializable(typeof(DuplicateList))]
[JsonSerializable(typeof(MergeOutcome))]
[JsonSerializable(typeof(UnmergeOutcome))]
[JsonSerializable(typeof(DistinctOutcome))]
[JsonSerializable(typeof(Diagnosis))]
[JsonSerializable(typeof(VerbFailure))]
internal sealed partial class OperatorJson : JsonSerializerContext
{
    internal sealed class RoleConverter() : JsonStringEnumConverter<UserRole>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

    internal sealed class VerdictConverter() : JsonStringEnumConverter<Verdict>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

    internal sealed class StageConverter() : JsonStringEnumConverter<MissingStage>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

    internal sealed class CompletenessConverter() : JsonStringEnumConverter<Completeness>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
}
