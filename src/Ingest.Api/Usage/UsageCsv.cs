using System.Globalization;
using System.Text;
using Ingest.Api.Queries;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;
using Ingest.Domain.Usage;

namespace Ingest.Api.Usage;

/// <summary>The same answer as a table (RFC 4180). What says how far it can be relied on is in its headers: a table has no room for it.</summary>
internal sealed class UsageCsv(UsageView view) : IResult
{
    public const string MediaType = "text/csv";

    public const string Example =
        "line,model,group_count,message_count,input_tokens,output_tokens,cache_creation_tokens,cache_read_tokens,cost_cents_ingested,cost_cents_effective\r\n"
        + "group,claude-opus-4-7,1,42,18500,9200,4000,52000,127.35,127.3501\r\nrest,,2,7,2100,800,0,6400,18.5,18.5\r\n";

    private const string Csv = "csv";

    public static readonly IReadOnlyList<string> Formats = ["json", Csv];

    private static readonly string[] Measures =
        ["message_count", "input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens", "cost_cents_ingested", "cost_cents_effective"];

    /// <param name="format">The parameter.</param>
    /// <param name="request">Whose headers may ask for it, too.</param>
    public static bool IsAskedFor(string? format, HttpRequest request) =>
        format == Csv || (format is null && request.GetTypedHeaders().Accept.FirstOrDefault()?.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase) == true);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, question) = (httpContext.Response, view.Query.Question);
        response.ContentType = MediaType + "; charset=utf-8; header=present";
        response.Headers.ContentDisposition = string.Create(
            CultureInfo.InvariantCulture, $"attachment; filename=\"usage-{question.Range.From:yyyy-MM-dd}-{question.Range.To.AddDays(-1):yyyy-MM-dd}.csv\"");
        response.Headers["Ingest-Complete-Through"] = view.Report.CompleteThrough?.ToString(Day.Format, CultureInfo.InvariantCulture) ?? "none";
        response.Headers["Ingest-Held-Back-Count"] = view.HeldBackCount.ToString(CultureInfo.InvariantCulture);
        response.Headers["Ingest-Possible-Duplicate-Count"] = view.Report.PossibleDuplicates.Count.ToString(CultureInfo.InvariantCulture);
        var body = Encoding.UTF8.GetBytes(Text());
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, httpContext.RequestAborted).AsTask();
    }

    private string Text()
    {
        var (table, question) = (new StringBuilder(), view.Query.Question);
        Line(
            table,
            [
                "line", .. question.By.SelectMany(dimension => IsNamed(dimension) ? [UsageNames.Of(dimension), UsageNames.Of(dimension) + "_name"] : new[] { UsageNames.Of(dimension) }),
                "group_count", .. Measures, .. question.ComparesPrevious ? Measures.Select(measure => "previous_" + measure) : [],
            ]);
        foreach (var group in view.Ranking.Shown)
        {
            var keys = view.KeysOf(group).Zip(question.By, (key, dimension) => IsNamed(dimension) ? [Safe(key.Value), Safe(key.Name)] : new[] { Safe(key.Value) });
            Line(table, ["group", .. keys.SelectMany(key => key), "1", .. Numbers(group.Sums, group.Previous)]);
        }

        foreach (var rest in view.Ranking.Rest)
        {
            var keys = question.By.SelectMany(dimension => dimension == UsageDimension.Day ? [rest.Day!] : Enumerable.Repeat("", IsNamed(dimension) ? 2 : 1));
            Line(table, ["rest", .. keys, rest.Groups.ToString(CultureInfo.InvariantCulture), .. Numbers(rest.Sums, rest.Previous)]);
        }

        return table.ToString();
    }

    private string[] Numbers(DayTotals sums, DayTotals previous) => view.Query.Question.ComparesPrevious ? [.. Numbers(sums), .. Numbers(previous)] : Numbers(sums);

    private static string[] Numbers(DayTotals sums)
    {
        var answer = new SumsAnswer(sums);
        return
        [
            .. new[] { answer.MessageCount, answer.InputTokens, answer.OutputTokens, answer.CacheCreationTokens, answer.CacheReadTokens }
                .Select(number => number.ToString(CultureInfo.InvariantCulture)),
            answer.CostCentsIngested.ToString(CultureInfo.InvariantCulture),
            answer.CostCentsEffective.ToString(CultureInfo.InvariantCulture),
        ];
    }

    private static bool IsNamed(UsageDimension dimension) => dimension is UsageDimension.Device or UsageDimension.Member;

    /// <summary>A spreadsheet would run what begins like a formula, and names of branches are anybody's: an apostrophe makes it text.</summary>
    private static string Safe(string? value) => value is null ? "" : value.AsSpan().TrimStart() is [var first, ..] && (char.IsWhiteSpace(value[0]) || "=+-@".Contains(first, StringComparison.Ordinal)) ? "'" + value : value;

    private static void Line(StringBuilder table, IEnumerable<string> fields) =>
        table.AppendJoin(',', fields.Select(field => field.AsSpan().IndexOfAny("\",\r\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")).Append("\r\n");
}
