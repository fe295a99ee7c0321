using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using Ingest.Api.Audit;
using Ingest.Domain;
using Ingest.Domain.Audit;
using Ingest.Domain.Envelopes;

namespace Ingest.Api.Operator;

/// <summary><c>audit …</c></summary>
internal sealed class AuditVerbs(VerbRunner verbs)
{
    /// <summary>Entries that are shown where nobody says since when.</summary>
    private const int Newest = 100;

    private const int PageSize = 1000;

    public Command Build() => new("audit", "The audit log: who did what.") { List() };

    private Command List()
    {
        var only = new Option<string?>("--workspace") { Description = "Only what was done in this workspace." };
        var since = new Option<DateTimeOffset?>("--since")
        {
            HelpName = "YYYY-MM-DD", Description = $"Everything since this day, or RFC 3339 instant. Left out: the last {Newest} entries.", CustomParser = ReadSince,
        };
        var list = new Command("list", "Show what was done, the newest first.") { only, since };
        verbs.Set(
            list,
            async (parse, session, cancellation) => new AuditList(
                [.. (await ReadAsync(session.Database.Audit, parse.GetValue(only), parse.GetValue(since), cancellation)).Select(entry => new HomedAuditEntry(entry.WorkspaceId, AuditEntryAnswer.Of(entry)))]),
            VerbRunner.Json.AuditList,
            EnrolmentTexts.Of);
        return list;
    }

    private static async Task<IReadOnlyList<RecordedEntry>> ReadAsync(IAuditReader audit, string? workspaceId, DateTimeOffset? since, CancellationToken cancellation)
    {
        if (since is null) return (await audit.ListAsync(workspaceId, new AuditFilter(), null, Newest, cancellation)).Entries;

        var entries = new List<RecordedEntry>();
        AuditPage page;
        do
        {
            TimedPlace? after = entries is [.., var last] ? new TimedPlace(last.At, last.EntryId) : null;
            page = await audit.ListAsync(workspaceId, new AuditFilter(From: since), after, PageSize, cancellation);
            entries.AddRange(page.Entries);
        }
        while (page.HasMore);
        return entries;
    }

    private static DateTimeOffset? ReadSince(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var bytes = Encoding.UTF8.GetBytes(text);
        if (Day.TryParse(bytes, out var day)) return new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        if (Instant.TryParse(bytes, out var instant)) return instant;
        result.AddError($"'{text}' is neither a day as YYYY-MM-DD nor an instant such as 2026-05-14T00:00:00Z.");
        return null;
    }
}
