using System.Text.Json;
using System.Text.Json.Serialization;
using Ingest.Api.Attempts;
using Ingest.Api.Audit;
using Ingest.Api.Development;
using Ingest.Api.Devices;
using Ingest.Api.Enrolments;
using Ingest.Api.Envelopes;
using Ingest.Api.Invites;
using Ingest.Api.Keys;
using Ingest.Api.Members;
using Ingest.Api.Merging;
using Ingest.Api.Quarantine;
using Ingest.Api.Reconciliation;
using Ingest.Api.Rewinds;
using Ingest.Api.Sessions;
using Ingest.Api.Status;
using Ingest.Api.Usage;
using Ingest.Api.Windows;
using Ingest.Api.Workspaces;
using Ingest.Domain.Health;
using Ingest.Domain.Identity;
using Ingest.Domain.Reconciliation;
using Ingest.Domain.Quarantine;

namespace Ingest.Api;

/// <summary>The shapes of answers, generated at build time, and how they are written.</summary>
[JsonSerializable(typeof(IngestAnswer))]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(RewindAnswer))]
[JsonSerializable(typeof(ManifestAnswer))]
[JsonSerializable(typeof(DayRowsAnswer))]
[JsonSerializable(typeof(ChangesAnswer))]
[JsonSerializable(typeof(VersionAnswer))]
[JsonSerializable(typeof(RestoreAnswer))]
[JsonSerializable(typeof(UsageAnswer))]
[JsonSerializable(typeof(DevicesAnswer))]
[JsonSerializable(typeof(DeviceAnswer))]
[JsonSerializable(typeof(ContentsAnswer))]
[JsonSerializable(typeof(DeletionAnswer))]
[JsonSerializable(typeof(DuplicatesAnswer))]
[JsonSerializable(typeof(MergeAnswer))]
[JsonSerializable(typeof(UndoneMergeAnswer))]
[JsonSerializable(typeof(DistinctAnswer))]
[JsonSerializable(typeof(WhoAmIAnswer))]
[JsonSerializable(typeof(WorkspaceAnswer))]
[JsonSerializable(typeof(MemberAnswer))]
[JsonSerializable(typeof(MembersAnswer))]
[JsonSerializable(typeof(RemovedMemberAnswer))]
[JsonSerializable(typeof(KeyAnswer))]
[JsonSerializable(typeof(KeysAnswer))]
[JsonSerializable(typeof(IssuedKeyAnswer))]
[JsonSerializable(typeof(RotatedKeyAnswer))]
[JsonSerializable(typeof(ClockReading))]
[JsonSerializable(typeof(SessionsAnswer))]
[JsonSerializable(typeof(SessionDetailAnswer))]
[JsonSerializable(typeof(WindowsAnswer))]
[JsonSerializable(typeof(AttemptsAnswer))]
[JsonSerializable(typeof(QuarantineAnswer))]
[JsonSerializable(typeof(DiscardAnswer))]
[JsonSerializable(typeof(ReplayAnswer))]
[JsonSerializable(typeof(EnrolmentAnswer))]
[JsonSerializable(typeof(EnrolmentsAnswer))]
[JsonSerializable(typeof(CreatedEnrolmentAnswer))]
[JsonSerializable(typeof(RedeemedAnswer))]
[JsonSerializable(typeof(InviteAnswer))]
[JsonSerializable(typeof(InvitesAnswer))]
[JsonSerializable(typeof(CreatedInviteAnswer))]
[JsonSerializable(typeof(AcceptedAnswer))]
[JsonSerializable(typeof(AuditAnswer))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>As answers are written. The document of the API is made from the framework's own copy of them.</summary>
    public static JsonSerializerOptions Answers => Own.Options;

    /// <summary>The wire's own names, and numbers as numbers only: otherwise every integer of the document is "integer or string".</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Converters.Add(new JsonStringEnumConverter<SyncState>(JsonNamingPolicy.SnakeCaseLower));
        options.Converters.Add(new JsonStringEnumConverter<DayState>(JsonNamingPolicy.SnakeCaseLower));
        options.Converters.Add(new JsonStringEnumConverter<RowState>(JsonNamingPolicy.SnakeCaseLower));
        options.Converters.Add(new JsonStringEnumConverter<DeviceStanding>(JsonNamingPolicy.SnakeCaseLower));
        options.Converters.Add(new RawRow.Converter());
        options.Converters.Add(new JsonStringEnumConverter<ReplayOutcome>(JsonNamingPolicy.SnakeCaseLower));
        options.Converters.Add(new JsonStringEnumConverter<EnrolmentState>(JsonNamingPolicy.SnakeCaseLower));
        options.Converters.Add(new JsonStringEnumConverter<InviteState>(JsonNamingPolicy.SnakeCaseLower));
        options.Converters.Add(new JsonStringEnumConverter<ActorKind>(JsonNamingPolicy.SnakeCaseLower));
        options.TypeInfoResolverChain.Insert(0, Default);
    }

    /// <summary>Made when it is first asked for: the generated half of the class above has to be ready by then.</summary>
    private static class Own
    {
        public static readonly JsonSerializerOptions Options = Create();

        private static JsonSerializerOptions Create()
        {
            var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
            Configure(options);
            return options;
        }
    }
}
