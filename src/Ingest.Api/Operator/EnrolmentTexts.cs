using System.Text.Json.Nodes;
using Ingest.Api.Enrolments;
using Ingest.Domain.Identity;
using Ingest.Persistence.Enrolments;
using Ingest.Persistence.Invites;

namespace Ingest.Api.Operator;

/// <summary>What verbs say to people about codes, invites, and what was done.</summary>
internal static class EnrolmentTexts
{
    /// <summary>Stands for the address where none is configured.</summary>
    private const string SomeAddress = "https://THIS-SERVER";

    public static string Of(NewEnrolment created) =>
        $$"""
        A code for a device of {{created.Enrolment.UserName}} in {{created.Enrolment.WorkspaceId}}, good once, until {{OperatorTexts.Instant(created.Enrolment.ExpiresAt)}}:

            {{created.Code}}

        This is the only time it is shown. On the device, this line writes {{CloudToml.Path}}; then its daemon is restarted:

            {{EnrolmentLine.Of(created.Endpoint ?? SomeAddress, created.Code)}}
        """;

    public static string Of(NewInvite created)
    {
        var invite = created.Invite;
        return $$"""
            An invite to {{invite.WorkspaceId}} for {{(invite.MostUses == 1 ? "one person" : $"{invite.MostUses} people")}} ({{UserRoles.NameOf(invite.Role)}}), good until {{OperatorTexts.Instant(invite.ExpiresAt)}}:

                {{created.Token}}

            This is the only time it is shown. Who accepts it says how they want to be called, and gets a key:

                curl -fsS {{created.Endpoint ?? SomeAddress}}/v1/invites/accept -H 'Content-Type: application/json' -d '{"token":"{{created.Token}}","name":"NAME"}'
            """;
    }

    public static string Of(EnrolmentList list) => list.Enrolments.Count == 0
        ? "No code was made yet. Make one: ingest device enroll --workspace WS --person NAME"
        : OperatorTexts.Table(
            ["ENROLMENT", "WORKSPACE", "PERSON", "DEVICE", "MADE BY", "MADE", "STATE"],
            list.Enrolments.Select(one => new[]
            {
                one.EnrolmentId.ToString("D"), one.WorkspaceId, one.UserName, one.DeviceId ?? one.Label ?? "", one.CreatedBy, OperatorTexts.Instant(one.CreatedAt),
                one.State switch
                {
                    EnrolmentState.Open => "open until " + OperatorTexts.Instant(one.ExpiresAt),
                    EnrolmentState.Redeemed => "redeemed " + OperatorTexts.Instant(one.RedeemedAt!.Value),
                    EnrolmentState.Revoked => "taken back " + OperatorTexts.Instant(one.RevokedAt!.Value),
                    _ => "expired " + OperatorTexts.Instant(one.ExpiresAt),
                },
            }));

    public static string Of(InviteList list) => list.Invites.Count == 0
        ? "Nobody was invited yet. Make an invite: ingest invite create --workspace WS"
        : OperatorTexts.Table(
            ["INVITE", "WORKSPACE", "ROLE", "NOTE", "MADE BY", "MADE", "ACCEPTED", "STATE"],
            list.Invites.Select(one => new[]
            {
                one.InviteId.ToString("D"), one.WorkspaceId, UserRoles.NameOf(one.Role), one.Note ?? "", one.CreatedBy, OperatorTexts.Instant(one.CreatedAt), $"{one.Uses} of {one.MostUses}",
                one.State switch
                {
                    InviteState.Open => "open until " + OperatorTexts.Instant(one.ExpiresAt),
                    InviteState.Used => "used",
                    InviteState.Revoked => "taken back " + OperatorTexts.Instant(one.RevokedAt!.Value),
                    _ => "expired " + OperatorTexts.Instant(one.ExpiresAt),
                },
            }));

    public static string Of(AuditList list) => list.Entries.Count == 0 ? "Nothing was done." : string.Join('\n', list.Entries.Select(Of));

    private static string Of(HomedAuditEntry one)
    {
        var (entry, actor) = (one.Entry, one.Entry.Actor);
        var from = actor.Kind == ActorKind.Operator ? " (operator)" : actor.Address is { } address ? $" ({address})" : "";
        var line = $"{OperatorTexts.Instant(entry.At)}  {one.WorkspaceId}  {actor.Name}{from}  {entry.Action}  {entry.Subject.DeviceId ?? entry.Subject.Name ?? entry.Subject.Id}";
        foreach (var (when, change) in new[] { ("before", entry.Before), ("after", entry.After) })
        {
            if (change is not null) line += $"\n    {when,-6}  {Told(change)}";
        }

        return line;
    }

    public static string OfRevoked(ListedEnrolment enrolment) => enrolment.State == EnrolmentState.Revoked
        ? $"The code {enrolment.EnrolmentId} is taken back: nobody can redeem it."
        : $"The code {enrolment.EnrolmentId} has expired already.";

    public static string OfRevoked(ListedInvite invite) => invite.State switch
    {
        InviteState.Revoked => $"The invite {invite.InviteId} is taken back: nobody can accept it. It was accepted {invite.Uses} times.",
        InviteState.Used => $"The invite {invite.InviteId} is used up already.",
        _ => $"The invite {invite.InviteId} has expired already.",
    };

    private static string Told(JsonNode? value) => value switch
    {
        JsonObject members => string.Join(", ", members.Select(member => member.Value is JsonObject ? $"{member.Key} ({Told(member.Value)})" : $"{member.Key} {Told(member.Value)}")),
        JsonArray list => string.Join('+', list),
        null => "none",
        _ => value.ToString(),
    };
}
