using Ingest.Api.Errors;
using Ingest.Api.Forms;
using Ingest.Domain.Identity;
using Ingest.Domain.Validation;
using Ingest.Persistence.Keys;

namespace Ingest.Api.Keys;

/// <summary>The bodies by which keys are made and changed, and what is meant by them.</summary>
internal static class KeyForms
{
    public const int DefaultOverlapHours = 24;
    public const int MostOverlapHours = 720;

    private static readonly FormField ExpiresAt = new("expires_at", FormKind.Instant, "When it ends by itself. Left out: never.");

    private static readonly FormField DeviceId =
        new("device_id", FormKind.DeviceId, "The one device whose envelopes it may bring; such a key has the scope ingest alone. Left out: any.");

    private static readonly FormField CompleteBy = new(
        "complete_by", FormKind.Choice, "day: its envelopes hold all rows of each day they name. row: they hold single rows. auto, or left out: as the client says of itself, and stock daemons by day.")
    {
        Words = CompletenessNames.All,
    };

    public static FormShape Creation { get; } = new(
        "Whose it is, and what for.",
        """{"name":"ada's laptop","user_id":"0196d2a4-5f40-7d21-b6a7-90c1d2e3f405","scopes":["ingest","read:own"]}""",
        Name(isRequired: true),
        new FormField("user_id", FormKind.Uuid, "The member whose it is."),
        new FormField("service", FormKind.Flag, "In place of user_id: it belongs to no person but to a program, which is called as the key is. Its scopes are to be given, and alone bound it."),
        Scopes("Left out: all that the role of its owner allows, and of a key for one device ingest."),
        ExpiresAt,
        DeviceId,
        CompleteBy);

    public static FormShape Import { get; } = new(
        "The key, or its hash; whose it is, and what for.",
        """{"sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","prefix":"budi_Xk3v9Qa1","name":"build machine","user_id":"0196d2a4-5f40-7d21-b6a7-90c1d2e3f405"}""",
        new FormField("key", FormKind.Text, $"The key itself, {ApiKeyText.MinimumChosenLength} characters at least. It is stored only as a hash.") { Most = ApiKeyText.MaximumLength },
        new FormField("sha256", FormKind.Text, "In place of key: its SHA-256, in 64 hexadecimal digits.") { Most = 2 * ApiKeyText.HashLength },
        new FormField("prefix", FormKind.Text, "With sha256: how the key begins, for people to recognise it.") { Most = ApiKeyText.PrefixLength },
        Name(isRequired: true),
        new FormField("user_id", FormKind.Uuid, "The member whose it is.") { IsRequired = true },
        Scopes("Left out: ingest."),
        ExpiresAt,
        DeviceId,
        CompleteBy);

    public static FormShape Change { get; } = new(
        "What to change; what is left out stays.",
        """{"name":"ada's laptop","expires_at":"2027-01-01T00:00:00Z"}""",
        Name(isRequired: false),
        ExpiresAt with { Description = "When it ends by itself. Null: never." },
        CompleteBy with { Description = "What the silence of its envelopes means." });

    public static FormShape Rotation { get; } = new(
        "How long the old key works yet.",
        """{"overlap_hours":48}""",
        new FormField("overlap_hours", FormKind.Number, $"Left out: {DefaultOverlapHours}. 0 ends the old key at once.") { Lowest = 0, Highest = MostOverlapHours });

    /// <returns>What is asked for, or why it cannot be told.</returns>
    public static (NewKey? Key, Problem? Problem) NewKeyOf(Form form, string workspaceId)
    {
        if (form.Flag("service") == form.Uuid("user_id") is not null)
            return (null, Form.Refusal("user_id", IssueCodes.Required, "Say whose it is: either user_id, or \"service\": true."));
        return (Asked(form, workspaceId, form.Uuid("user_id") is { } userId ? new KeyOwner.Member(userId) : new KeyOwner.Service()), null);
    }

    /// <returns>What is brought, or why it cannot be told.</returns>
    public static (NewKey? Key, KeySecret? Secret, Problem? Problem) ImportOf(Form form, string workspaceId)
    {
        var (key, hash) = (form.Text("key"), form.Text("sha256"));
        if (key is null == hash is null) return (null, null, Form.Refusal("key", IssueCodes.Required, "Give either the key, or its sha256."));
        if (key is not null && form.Text("prefix") is not null)
            return (null, null, Form.Refusal("prefix", IssueCodes.UnknownField, "The prefix is given with sha256 only; of a key it is read off."));
        return (Asked(form, workspaceId, new KeyOwner.Member(form.Uuid("user_id")!.Value)), key is null ? KeySecret.OfHash(hash!, form.Text("prefix")) : KeySecret.OfText(key), null);
    }

    public static KeyEdit EditOf(Form form) => new()
    {
        Name = form.Text("name"), ChangesExpiry = form.Has("expires_at"), ExpiresAt = form.Instant("expires_at"), CompleteBy = CompletenessOf(form),
    };

    private static NewKey Asked(Form form, string workspaceId, KeyOwner owner) => new(workspaceId, owner)
    {
        Name = form.Text("name"),
        Scopes = form.Texts("scopes") is { } scopes ? KeyScopeNames.Parse(scopes) : null,
        ExpiresAt = form.Instant("expires_at"),
        DeviceId = form.Text("device_id"),
        CompleteBy = CompletenessOf(form) ?? Completeness.Auto,
    };

    private static Completeness? CompletenessOf(Form form) => form.Text("complete_by") is { } word ? CompletenessNames.Find(word) : null;

    private static FormField Name(bool isRequired) =>
        new("name", FormKind.Text, "What people call the key; no other of the workspace that works is called so.") { IsRequired = isRequired };

    private static FormField Scopes(string whenLeftOut) => new(
        "scopes",
        FormKind.Choices,
        "What it is for. ingest: send envelopes, and ask how its devices are doing. read:own: read what the owner's devices sent. read: what all did. manage: change things. "
        + whenLeftOut)
    {
        Words = KeyScopeNames.All, Most = KeyScopeNames.All.Count,
    };
}
