using System.Globalization;
using System.Text;

namespace Ingest.Api.Enrolments;

/// <summary>
/// The whole <c>cloud.toml</c> of one machine (C§3.4). Never a command of the daemon's own CLI instead: <c>cloud init --api-key</c>
/// would send the key to another server (C§5 X).
/// </summary>
internal static class CloudToml
{
    public const string Path = "~/.config/budi/cloud.toml";

    /// <param name="endpoint">Where the server is reached; https, without a slash at the end.</param>
    /// <param name="workspaceId">The key's workspace.</param>
    /// <param name="apiKey">The key.</param>
    /// <param name="deviceId">Names the machine, and stays with it.</param>
    /// <param name="label">What it calls itself; empty is nothing, null its host name.</param>
    public static string Write(string endpoint, string workspaceId, string apiKey, string deviceId, string? label = null) =>
        $"""
        # {Path}, then restart the daemon.
        # For one machine: another one needs a device_id of its own, and one that synced before keeps the id it has.
        [cloud]
        enabled = true
        endpoint = {Quoted(endpoint)}
        workspace_id = {Quoted(workspaceId)}
        api_key = {Quoted(apiKey)}
        device_id = {Quoted(deviceId)}{(label is null ? "" : $"\nlabel = {Quoted(label)}")}

        [cloud.sync]
        interval_seconds = 300
        retry_max_seconds = 300
        """;

    /// <summary>A basic string of TOML. It escapes less than one of JSON does: a character beyond the basic plane is no pair of escapes in it.</summary>
    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"", text.Length + 2);
        foreach (var character in text)
        {
            _ = character switch
            {
                '"' or '\\' => quoted.Append('\\').Append(character),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                < ' ' or '\u007f' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}"),
                _ => quoted.Append(character),
            };
        }

        return quoted.Append('"').ToString();
    }
}
