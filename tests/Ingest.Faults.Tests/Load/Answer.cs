using System.Net;
using System.Text.Json.Nodes;

namespace Ingest.Faults.Tests.Load;

/// <summary>What came back for an envelope; a status of 0 where nothing did.</summary>
/// <param name="Status">Of HTTP.</param>
/// <param name="Code">The refusal, or what became of the connection.</param>
/// <param name="Superseded">Rows that lost against newer ones.</param>
/// <param name="SaysWhen">Whether it names a time to come back.</param>
internal sealed record Answer(int Status, string Code, int Superseded, bool SaysWhen)
{
    /// <summary>Refusals given before anything was tried: what they refuse may not be found in the database.</summary>
    private static readonly string[] Untried = ["overloaded", "shutting_down", "starting", "schema_behind", "schema_foreign"];

    public bool IsStored => Status == 200;

    /// <summary>Nobody took the connection.</summary>
    public bool IsRefusedConnection => Status == 0 && Code == nameof(HttpRequestError.ConnectionError);

    public bool MayBeStored => !IsRefusedConnection && !Untried.Contains(Code);

    /// <summary>What a fault may be answered with: that it is stored, a fault of the server's and when to come back, or nothing.</summary>
    public bool IsAllowed => Status is 0 or 200 || (Status == 503 && SaysWhen && (Code == "store_unavailable" || Untried.Contains(Code)));

    public static Answer None(HttpRequestError error) => new(0, error.ToString(), 0, false);

    public static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync());
        var superseded = response.StatusCode == HttpStatusCode.OK ? body!["rows"]!["superseded"]!.GetValue<int>() : 0;
        return new Answer((int)response.StatusCode, body?["code"]?.GetValue<string>() ?? "", superseded, response.Headers.RetryAfter is not null);
    }

    public override string ToString() => $"{Status} {Code}".TrimEnd();
}
