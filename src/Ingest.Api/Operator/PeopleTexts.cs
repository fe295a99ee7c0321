using Ingest.Api.Keys;
using Ingest.Domain.Identity;
using Ingest.Persistence.Members;
using Ingest.Persistence.Workspaces;

namespace Ingest.Api.Operator;

/// <summary>What verbs say to people about workspaces, their people and keys.</summary>
internal static class PeopleTexts
{
    public static string OfCreated(ListedWorkspace workspace) =>
        $"""
        Workspace "{workspace.Name}" is there. Its id:

            {workspace.WorkspaceId}

        Next: ingest key create --workspace {workspace.WorkspaceId}
        """;

    public static string OfRenamed(ListedWorkspace workspace) => $"Workspace {workspace.WorkspaceId} is called \"{workspace.Name}\".";

    public static string Of(WorkspaceList list) => list.Workspaces.Count == 0
        ? "There are no workspaces. Make one: ingest workspace create --name NAME"
        : OperatorTexts.Table(
            ["WORKSPACE", "NAME", "MEMBERS", "DEVICES", "CREATED"],
            list.Workspaces.Select(one => new[] { one.WorkspaceId, one.Name, $"{one.Members}", $"{one.Devices}", OperatorTexts.Instant(one.CreatedAt) }));

    public static string OfAdded(ListedMember member) =>
        $"{member.Name} is a {UserRoles.NameOf(member.Role)} in {member.WorkspaceId}. Next: ingest key create --workspace {member.WorkspaceId} --person {Quoted(member.Name)}";

    public static string OfChanged(ListedMember member) =>
        $"{member.Name} is a {UserRoles.NameOf(member.Role)} in {member.WorkspaceId}. Every running server goes by it within a second.";

    public static string Of(RemovedMember removed) =>
        $"{removed.Name} is removed from {removed.WorkspaceId}: {Many(removed.KeysRevoked, "key")} and {Many(removed.InvitesRevoked, "invite")} revoked, "
        + $"{Many(removed.EnrolmentsEnded, "enrolment")} ended. Their devices, and what those sent, stay.";

    public static string Of(MemberList list) => list.Members.Count == 0
        ? "There is nobody. Add somebody: ingest member add --workspace WS --name NAME"
        : OperatorTexts.Table(
            ["NAME", "WORKSPACE", "ROLE", "KEYS", "DEVICES", "SINCE"],
            list.Members.Select(one => new[]
            {
                one.Name, one.WorkspaceId, UserRoles.NameOf(one.Role), $"{one.LiveKeys}", $"{one.Devices}", OperatorTexts.Instant(one.CreatedAt),
            }));

    public static string Of(IssuedKey key)
    {
        var text = $"""
            A key for {key.UserName} ({(key.Service ? "service" : key.Role)}) in {key.WorkspaceId}, {Terms(key)}:

                {key.Key}

            This is the only time it is shown; what is stored cannot be turned back into it.
            """;
        return key.CloudToml is { } file ? $"{text}\n\nA device needs this whole file:\n\n{file}" : text;
    }

    public static string Of(RotatedKeyAnswer rotated) =>
        $"""
        A key in the place of {rotated.Old.Prefix}… of {rotated.Old.UserName} in {rotated.Old.WorkspaceId}, {Terms(rotated.New)}:

            {rotated.New.Key}

        This is the only time it is shown. Put it where the old one stands; that one works until {OperatorTexts.Instant(rotated.Old.ExpiresAt!.Value)}, and
        `ingest key list` shows who came with it last.
        """;

    public static string OfImported(KeyAnswer key) => $"Key {key.Prefix}… of {key.UserName} is good in {key.WorkspaceId}, {Terms(key)}. Its devices need only the endpoint of this server.";

    public static string Of(RevokedKey key) => key.AlreadyRevoked
        ? $"Key {key.Prefix}… of {key.UserName} in {key.WorkspaceId} was revoked already, at {OperatorTexts.Instant(key.RevokedAt!.Value)}."
        : $"Key {key.Prefix}… of {key.UserName} in {key.WorkspaceId} is revoked. Every running server refuses it within a second.";

    public static string Of(ChangedKey key) => $"Key {key.Prefix}… of {key.UserName} in {key.WorkspaceId} is {Terms(key)}" + (key.Changed ? " from now on." : " already.");

    public static string Of(KeyList list) => list.Keys.Count == 0
        ? "There are no keys. Make one: ingest key create --workspace WS"
        : OperatorTexts.Table(
            ["KEY", "NAME", "WORKSPACE", "PERSON", "ROLE", "SCOPES", "COMPLETE BY", "CREATED", "LAST USED", "LAST DEVICE", "EXPIRES", "STATE"],
            list.Keys.Select(key => new[]
            {
                key.Prefix + "…", key.Name ?? "", key.WorkspaceId, key.UserName, key.Service ? "service" : key.Role, string.Join(',', key.Scopes), key.CompleteBy,
                OperatorTexts.Instant(key.CreatedAt), key.LastUsedAt is { } used ? OperatorTexts.Instant(used) : "never", LastDevice(key),
                key.ExpiresAt is { } expires ? OperatorTexts.Instant(expires) : "never",
                key.RevokedAt is { } revoked ? "revoked " + OperatorTexts.Instant(revoked) : key.UsedSinceRotation ? key.State + ", in use" : key.State,
            }));

    private static string LastDevice(KeyAnswer key) => key.Devices switch
    {
        [] => "",
        [var only] when key.DeviceCount == 1 => only.DeviceId,
        [var last, ..] => $"{last.DeviceId} and {key.DeviceCount - 1} more",
    };

    private static string Terms(KeyAnswer key) =>
        (key.Name is null ? "" : $"called \"{key.Name}\", ")
        + $"for {string.Join(", ", key.Scopes)}"
        + (key.DeviceId is null ? "" : $" of device {key.DeviceId}")
        + (key.ExpiresAt is { } expires ? $", until {OperatorTexts.Instant(expires)}" : "")
        + (key.CompleteBy == CompletenessNames.Of(Completeness.Auto) ? "" : $", complete by {key.CompleteBy}");

    private static string Many(int count, string what) => count == 1 ? $"one {what}" : $"{count} {what}s";

    private static string Quoted(string name) => name.All(char.IsAsciiLetterOrDigit) ? name : $"\"{name}\"";
}
