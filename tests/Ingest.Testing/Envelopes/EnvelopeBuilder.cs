using System.Text;

namespace Ingest.Testing.Envelopes;

/// <summary>
/// An envelope as JSON text, shaped as daemons shape it (C§1): indented, optional fields left out. Nothing is checked: whatever a
/// test wants to be wrong can be made wrong by <see cref="Field"/>, <see cref="Without"/> and the raw rows.
/// </summary>
public sealed class EnvelopeBuilder
{
    public const string DefaultDevice = "6513270e-269e-4d37-b2a7-4de452e6b438";

    public static readonly DateTimeOffset DefaultSyncedAt = new(2026, 5, 14, 18, 30, 0, TimeSpan.Zero);

    private readonly List<(string Name, string? Json)> _fields;
    private readonly List<string> _rollups = [];
    private readonly List<string> _sessions = [];
    private readonly List<string> _windows = [];
    private bool _versionIsSet;

    private EnvelopeBuilder(string workspaceId)
    {
        _fields =
        [
            ("schema_version", "2"),
            ("device_id", WireText.Of(DefaultDevice)),
            ("workspace_id", WireText.Of(workspaceId)),
            ("org_id", null),
            ("label", WireText.Of("dev-mbp")),
            ("synced_at", WireText.Of(DefaultSyncedAt)),
            ("payload", null),
        ];
    }

    /// <summary>An envelope of schema version 2 for this workspace, without rows; a window makes it version 4.</summary>
    public static EnvelopeBuilder For(string workspaceId) => new(workspaceId);

    public EnvelopeBuilder Version(int version)
    {
        _versionIsSet = true;
        return Field("schema_version", WireText.Of(version));
    }

    public EnvelopeBuilder Device(string deviceId) => Field("device_id", WireText.Of(deviceId));

    /// <summary>Null sends an explicit null; <c>Without("label")</c> leaves it out.</summary>
    public EnvelopeBuilder Label(string? label) => Field("label", WireText.Of(label));

    public EnvelopeBuilder SyncedAt(DateTimeOffset at) => Field("synced_at", WireText.Of(at));

    /// <summary>Names the workspace as daemons up to 8.5.1 do.</summary>
    public EnvelopeBuilder AsOrganisation()
    {
        var workspace = _fields.Single(field => field.Name == "workspace_id").Json!;
        return Without("workspace_id").Field("org_id", workspace);
    }

    public EnvelopeBuilder Rollup(DateOnly day, Action<RollupBuilder>? shape = null) => RawRollup(Shaped(new RollupBuilder(day), shape).ToJson());

    public EnvelopeBuilder Session(string sessionId, Action<SessionBuilder>? shape = null) => RawSession(Shaped(new SessionBuilder(sessionId), shape).ToJson());

    public EnvelopeBuilder Window(DateTimeOffset startedAt, Action<WindowBuilder>? shape = null) => RawWindow(Shaped(new WindowBuilder(startedAt), shape).ToJson());

    public EnvelopeBuilder RawRollup(string json)
    {
        _rollups.Add(json);
        return this;
    }

    public EnvelopeBuilder RawSession(string json)
    {
        _sessions.Add(json);
        return this;
    }

    public EnvelopeBuilder RawWindow(string json)
    {
        _windows.Add(json);
        if (!_versionIsSet) Version(4);
        return this;
    }

    /// <summary>Puts <paramref name="json"/> in the place of an envelope field, known to the contract or not, as it is.</summary>
    public EnvelopeBuilder Field(string name, string json) => Set(name, json);

    /// <summary>Leaves an envelope field out; without payload there are no rows either.</summary>
    public EnvelopeBuilder Without(string name)
    {
        if (name != "payload") return Set(name, null);
        _fields.RemoveAll(field => field.Name == name);
        return this;
    }

    public string ToJson()
    {
        var text = new StringBuilder("{");
        foreach (var (name, json) in _fields)
        {
            var value = json ?? (name == "payload" ? Payload() : null);
            if (value is null) continue;
            text.Append(text.Length > 1 ? ",\n  " : "\n  ").Append(WireText.Of(name)).Append(": ").Append(value);
        }

        return text.Append("\n}").ToString();
    }

    /// <summary>The bytes of <see cref="ToJson"/>, the body of a request.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(ToJson());

    public override string ToString() => ToJson();

    private static TRow Shaped<TRow>(TRow row, Action<TRow>? shape)
    {
        shape?.Invoke(row);
        return row;
    }

    private string Payload()
    {
        var text = new StringBuilder("{\n    \"daily_rollups\": ").Append(Rows(_rollups)).Append(",\n    \"session_summaries\": ").Append(Rows(_sessions));
        if (_windows.Count > 0) text.Append(",\n    \"window_summaries\": ").Append(Rows(_windows));
        return text.Append("\n  }").ToString();
    }

    private static string Rows(List<string> rows) => rows.Count == 0 ? "[]" : "[\n      " + string.Join(",\n      ", rows) + "\n    ]";

    private EnvelopeBuilder Set(string name, string? json)
    {
        var at = _fields.FindIndex(field => field.Name == name);
        if (at < 0) _fields.Add((name, json));
        else _fields[at] = (name, json);
        return this;
    }
}
