using System.Text.Json.Nodes;

namespace Ingest.Domain.Audit;

/// <summary>One thing that somebody did.</summary>
/// <param name="Action">What: the kind of its subject, a dot and a verb in the past, <c>key.revoked</c>.</param>
/// <param name="Subject">To what.</param>
/// <param name="Before">What was changed, as it was; no secret, and no id of a device.</param>
/// <param name="After">The same, as it became.</param>
public sealed record AuditEntry(string Action, AuditSubject Subject, JsonObject? Before = null, JsonObject? After = null);
