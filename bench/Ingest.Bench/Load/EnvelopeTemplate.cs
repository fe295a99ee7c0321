using System.Globalization;
using System.Text;

namespace Ingest.Bench.Load;

/// <summary>
/// An envelope as bytes, indented as a stock daemon indents it, with the places that differ from device to device and from send to send. All of these
/// have a fixed width, so that a request is made by writing over a few hundred bytes.
/// </summary>
internal sealed class EnvelopeTemplate
{
    private const int Placeholder = 9;
    private static readonly string NoDevice = new('0', 8);

    private readonly StringBuilder _text = new();
    private readonly List<Slot> _values = [];
    private readonly List<int> _sessionIds = [];
    private readonly List<int> _days = [];

    private EnvelopeTemplate()
    {
        _text.Append("{\n  \"schema_version\": 4,\n  \"device_id\": \"");
        DeviceIdAt = _text.Length;
        _text.Append(NoDevice).Append(Fleet.DeviceIdEnd).Append("\",\n  \"workspace_id\": \"");
        WorkspaceIdAt = _text.Length;
        _text.Append(Fleet.WorkspaceIdOf(0)).Append("\",\n  \"label\": \"runner-7\",\n  \"synced_at\": \"");
        SyncedAt = _text.Length;
        _text.Append(EnvelopeRequest.SyncedPlaceholder).Append("\",\n  \"payload\": {\n    \"daily_rollups\": [");
    }

    public byte[] Body { get; private set; } = [];

    public int DeviceIdAt { get; }

    public int WorkspaceIdAt { get; }

    public int SyncedAt { get; }

    /// <summary>Numbers that follow from the device's sequence.</summary>
    public IReadOnlyList<Slot> Values => _values;

    /// <summary>Where the eight digits of a session's id stand that follow from the device.</summary>
    public IReadOnlyList<int> SessionIds => _sessionIds;

    /// <summary>Where the day of each rollup stands.</summary>
    public IReadOnlyList<int> Days => _days;

    /// <param name="days">Oldest first.</param>
    /// <param name="sessions">How many, the last day's.</param>
    /// <param name="changingSessions">How many of them differ from send to send.</param>
    public static EnvelopeTemplate Of(IReadOnlyList<TemplateDay> days, int sessions, int changingSessions)
    {
        var template = new EnvelopeTemplate();
        foreach (var day in days)
        {
            for (var row = 0; row < RollupTexts.OfDay.Count; row++) template.AddRollup(day.Day, RollupTexts.OfDay[row], row < day.Changing);
        }

        template._text.Append("\n    ],\n    \"session_summaries\": [");
        for (var session = 0; session < sessions; session++) template.AddSession(days[^1].Day, session < changingSessions);
        template._text.Append(sessions > 0 ? "\n    ]\n  }\n}" : "]\n  }\n}");
        template.Body = Encoding.ASCII.GetBytes(template._text.ToString());
        return template;
    }

    private void AddRollup(DateOnly day, RollupTexts texts, bool changes)
    {
        _text.Append(_days.Count == 0 ? "\n      {" : ",\n      {");
        _text.Append("\n        \"bucket_day\": \"");
        _days.Add(_text.Length);
        _text.Append(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)).Append("\",");
        Text("role", texts.Role);
        Text("provider", texts.Provider);
        Text("model", texts.Model);
        Text("repo_id", texts.RepoId);
        Text("git_branch", texts.GitBranch);
        Text("surface", texts.Surface);
        Text("ticket", texts.Ticket);
        Text("ticket_source", texts.TicketSource);
        Number("message_count", 3, changes);
        Number("input_tokens", 6, changes);
        Number("output_tokens", 5, changes);
        Number("cache_creation_tokens", 6, changes);
        Number("cache_read_tokens", 7, changes);
        Cost("cost_cents_effective", changes);
        Cost("cost_cents_ingested", changes);
        Close("\n      }");
    }

    private void AddSession(DateOnly day, bool changes)
    {
        var date = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        _text.Append(_sessionIds.Count == 0 ? "\n      {" : ",\n      {");
        _text.Append("\n        \"session_id\": \"");
        _sessionIds.Add(_text.Length);
        _text.Append(NoDevice).Append(Fleet.SessionIdEnd).Append("\",");
        Text("provider", "claude_code");
        Text("started_at", $"{date}T00:15:02.118+00:00");
        _text.Append($"\n        \"ended_at\": \"{date}T11:41:37.");
        Digits(3, changes);
        _text.Append("+00:00\",");
        Number("duration_ms", 7, changes);
        Text("repo_id", "github.com/acme/storefront");
        Text("git_branch", "feature/PAY-1284-retry-webhooks");
        Text("surface", "vscode");
        Text("ticket", "PAY-1284");
        Text("ticket_source", "branch");
        Number("message_count", 3, changes);
        Number("total_input_tokens", 6, changes);
        Number("total_output_tokens", 5, changes);
        Cost("total_cost_cents", changes);
        Text("primary_model", "claude-opus-4-6");
        Text("title", "storefront-checkout");
        Text("vital_context_drag_state", "green");
        Metric("vital_context_drag_metric", changes);
        Text("vital_cache_efficiency_state", "yellow");
        Metric("vital_cache_efficiency_metric", changes);
        Text("vital_overall_state", "green");
        Close("\n      }");
    }

    private void Text(string name, string value) => _text.Append("\n        \"").Append(name).Append("\": \"").Append(value).Append("\",");

    private void Number(string name, int width, bool changes)
    {
        _text.Append("\n        \"").Append(name).Append("\": ");
        Digits(width, changes);
        _text.Append(',');
    }

    private void Cost(string name, bool changes)
    {
        _text.Append("\n        \"").Append(name).Append("\": ");
        Digits(3, changes);
        _text.Append('.');
        Digits(4, changes);
        _text.Append("7,");
    }

    private void Metric(string name, bool changes)
    {
        _text.Append("\n        \"").Append(name).Append("\": 0.");
        Digits(2, changes);
        _text.Append(',');
    }

    private void Digits(int width, bool changes)
    {
        if (changes) _values.Add(new Slot(_text.Length, width));
        _text.Append((char)('0' + (Placeholder - (_values.Count % 5))), width);
    }

    /// <summary>Takes back the comma after the last member.</summary>
    private void Close(string end)
    {
        _text.Length--;
        _text.Append(end);
    }
}
