using System.Text.Json;
using System.Text.Json.Serialization;
using Ingest.Api.Doctor;
using Ingest.Api.Keys;
using Ingest.Api.Reconciliation;
using Ingest.Domain.Identity;
using Ingest.Persistence.Backups;
using Ingest.Persistence.Devices;
using Ingest.Persistence.Enrolments;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Invites;
using Ingest.Persistence.Rewinds;
using Ingest.Persistence.Members;
using Ingest.Persistence.Workspaces;

namespace Ingest.Api.Operator;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true,
    Converters = [typeof(RoleConverter), typeof(StageConverter), typeof(StandingConverter), typeof(VerdictConverter), typeof(EnrolmentStateConverter), typeof(InviteStateConverter), typeof(ActorKindConverter)])]
[JsonSerializable(typeof(ListedWorkspace))]
[JsonSerializable(typeof(WorkspaceList))]
[JsonSerializable(typeof(ListedMember))]
[JsonSerializable(typeof(MemberList))]
[JsonSerializable(typeof(RemovedMember))]
[JsonSerializable(typeof(KeyAnswer))]
[JsonSerializable(typeof(RotatedKeyAnswer))]
[JsonSerializable(typeof(NewEnrolment))]
[JsonSerializable(typeof(EnrolmentList))]
[JsonSerializable(typeof(ListedEnrolment))]
[JsonSerializable(typeof(NewInvite))]
[JsonSerializable(typeof(InviteList))]
[JsonSerializable(typeof(ListedInvite))]
[JsonSerializable(typeof(NewSignInLink))]
[JsonSerializable(typeof(AuditList))]
[JsonSerializable(typeof(IssuedKey))]
[JsonSerializable(typeof(RevokedKey))]
[JsonSerializable(typeof(ChangedKey))]
[JsonSerializable(typeof(KeyList))]
[JsonSerializable(typeof(DeviceList))]
[JsonSerializable(typeof(HomedDevice))]
[JsonSerializable(typeof(DeviceRemoval))]
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

    internal sealed class StandingConverter() : JsonStringEnumConverter<DeviceStanding>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

    internal sealed class EnrolmentStateConverter() : JsonStringEnumConverter<EnrolmentState>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

    internal sealed class InviteStateConverter() : JsonStringEnumConverter<InviteState>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

    internal sealed class ActorKindConverter() : JsonStringEnumConverter<ActorKind>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
}
