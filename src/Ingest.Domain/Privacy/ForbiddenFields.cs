using System.Collections.Frozen;

namespace Ingest.Domain.Privacy;

/// <summary>
/// The names under which a client would send what no envelope may carry: ADR-0083 §1 (prompts and responses, paths, e-mail addresses, raw
/// payloads, tag values, tool arguments and results) and the columns of the local database that are never sent (C§4). A closed list: what is told of
/// a device is one of these, never a name the client chose. A field is dropped whether it is in the list or not; these are counted.
/// </summary>
public static class ForbiddenFields
{
    private const int LongestName = 64;

    private static readonly (string Kind, string[] Names)[] ByKind =
    [
        ("content",
        [
            "prompt", "prompts", "user_prompt", "system_prompt", "response", "responses", "completion", "completions", "content", "contents", "message",
            "messages", "text", "transcript", "conversation", "reasoning", "thinking", "code", "snippet", "diff", "patch",
        ]),
        ("path",
        [
            "path", "paths", "file", "files", "file_path", "file_paths", "filename", "cwd", "working_directory", "directory", "workspace_root", "project_path",
            "project_dir", "repo_path", "repo_root", "git_root", "transcript_path", "home",
        ]),
        ("email", ["email", "emails", "email_address", "user_email", "author_email", "committer_email", "git_email", "account_email"]),
        ("raw_payload", ["raw", "raw_json", "raw_payload", "raw_event", "raw_body", "raw_line", "payload"]),
        ("tag_value", ["tag", "tags", "tag_value", "tag_values"]),
        ("tool_argument",
        [
            "tool_args", "tool_arguments", "tool_input", "tool_inputs", "tool_output", "tool_outputs", "tool_result", "tool_results", "tool_call", "tool_calls",
            "tool_use", "arguments", "args", "command", "commands", "stdin", "stdout", "stderr",
        ]),
    ];

    /// <summary>All of them, in an order that may change with a version: it is no part of what is stored.</summary>
    public static IReadOnlyList<ForbiddenField> All { get; } =
        [.. ByKind.SelectMany(kind => kind.Names.Select(name => (kind.Kind, Name: name))).Select((field, place) => new ForbiddenField(place, field.Name, field.Kind))];

    private static readonly FrozenDictionary<string, ForbiddenField> Named = All.ToFrozenDictionary(field => field.Name, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, ForbiddenField>.AlternateLookup<ReadOnlySpan<char>> Folded =
        All.ToFrozenDictionary(field => field.Name.Replace("_", "", StringComparison.Ordinal), StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>By the name it is told under.</summary>
    public static ForbiddenField? Of(string name) => Named.GetValueOrDefault(name);

    /// <summary>Whether a field of an envelope is one of them, however it is written: <c>user_email</c>, <c>userEmail</c>, <c>User-Email</c>.</summary>
    /// <param name="name">In UTF-8, without escapes.</param>
    internal static ForbiddenField? Recognise(ReadOnlySpan<byte> name)
    {
        if (name.Length > LongestName) return null;
        Span<char> folded = stackalloc char[LongestName];
        var length = 0;
        foreach (var unit in name)
        {
            if (unit is (byte)'_' or (byte)'-' or (byte)'.' or (byte)' ') continue;
            folded[length++] = char.ToLowerInvariant((char)unit);
        }

        return Folded.TryGetValue(folded[..length], out var field) ? field : null;
    }
}
