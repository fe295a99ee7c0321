using Ingest.Simulator.Daemon;

namespace Ingest.Simulator.Fleet;

/// <summary>What the person at a device does: messages with models in repositories, the same few over and over. Values are made up.</summary>
internal sealed class Usage
{
    private const int Keys = 10;
    private const int MessagesPerSession = 12;

    private static readonly string[] Providers = ["claude_code", "codex", "cursor", "copilot_cli", "copilot_chat", "jetbrains_ai_assistant"];
    private static readonly string[] Models = ["claude-opus-4-6", "claude-sonnet-4-5-20250929", "gpt-5.2-codex", "composer-1", RowKey.Untagged];
    private static readonly string[] Repositories =
        ["github.com/acme/storefront", "github.com/acme/payments", "gitlab.com/acme/platform/infra", RowKey.Untagged];

    private static readonly string[] Branches = ["main", "feature/PAY-1284-retry-webhooks", "4821-fix-cart-rounding", "release", RowKey.Untagged];
    private static readonly string[] Surfaces = ["vscode", "cursor", "jetbrains", "terminal", "unknown"];

    private readonly Random _dice;
    private readonly RowKey[] _keys;
    private LocalSession? _session;

    public Usage(Random dice)
    {
        _dice = dice;
        _keys = [.. Enumerable.Range(0, Keys).Select(_ => new RowKey(
            _dice.Next(4) == 0 ? "user" : "assistant", Any(Providers), Any(Models), Any(Repositories), Any(Branches), Any(Surfaces)))];
    }

    /// <summary>Some messages at <paramref name="clock"/>, the device's own.</summary>
    public void Record(LocalStore store, DateTimeOffset clock)
    {
        for (var messages = _dice.Next(1, 4); messages > 0; messages--)
        {
            var key = Any(_keys);
            var usage = Messages(_dice, key, _dice.Next(1, 5));
            store.Add(ClientInstant.DayOf(clock), key, usage);
            Talk(store, key, usage, clock);
        }
    }

    /// <summary>A day that was over before the device first synced.</summary>
    public void RecordPast(LocalStore store, string day)
    {
        foreach (var key in _dice.GetItems(_keys, _dice.Next(4, Keys))) store.Add(day, key, Messages(_dice, key, _dice.Next(1, 20)));
    }

    public RowKey AnyKey(Random dice) => _keys[dice.Next(_keys.Length)];

    /// <summary>So many messages under a key; those of people have no tokens and no cost.</summary>
    public static Rollup Messages(Random dice, RowKey key, int count)
    {
        if (key.Role == "user") return new Rollup { MessageCount = count };
        var (input, output) = (dice.Next(100, 9_000) * count, dice.Next(50, 4_000) * count);
        var (written, read) = (dice.Next(0, 20_000) * count, dice.Next(0, 300_000) * count);
        var cost = (input * 3e-4) + (output * 1.5e-3) + (written * 3.75e-4) + (read * 3e-5);
        return new Rollup
        {
            MessageCount = count, InputTokens = input, OutputTokens = output, CacheCreationTokens = written, CacheReadTokens = read,
            CostEffective = cost * 0.85, CostIngested = cost,
        };
    }

    private void Talk(LocalStore store, RowKey key, Rollup usage, DateTimeOffset clock)
    {
        if (key.Role != "assistant") return;
        var now = ClientInstant.ToText(clock);
        var continues = _session is not null && _session.Sums.MessageCount < MessagesPerSession && _session.Key == key;
        _session = continues
            ? _session! with { EndedAt = now, Sums = _session.Sums.Plus(usage) }
            : new LocalSession(NewId(_dice), key, now, now, usage);
        store.Touch(_session);
    }

    /// <summary>A version 4 UUID from dice.</summary>
    public static string NewId(Random dice)
    {
        Span<byte> bytes = stackalloc byte[16];
        dice.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    private T Any<T>(T[] values) => values[_dice.Next(values.Length)];
}
