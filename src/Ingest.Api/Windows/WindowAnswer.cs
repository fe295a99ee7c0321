using System.Text.Json.Serialization;
using Ingest.Api.Devices;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Windows;

namespace Ingest.Api.Windows;

/// <summary>One rate-limit window of a provider, as a device saw it. Instants are the device's, in UTC.</summary>
/// <param name="Listed">As it was read.</param>
internal sealed record WindowAnswer([property: JsonIgnore] ListedWindow Listed)
{
    /// <summary>The device it is of.</summary>
    public SendingDeviceAnswer Device => SendingDeviceAnswer.Of(Listed.Device);

    /// <summary>The tool; several may have windows at once.</summary>
    public string Provider => Window.Key.Provider;

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt => Window.Key.StartedAt;

    /// <summary>When it ended, or will.</summary>
    public DateTimeOffset EndedAt => Window.EndedAt;

    /// <summary>How long it is.</summary>
    public double DurationMinutes => Window.DurationMinutes;

    /// <summary>Whether it was running when it was sent.</summary>
    public bool IsActive => Window.IsActive;

    /// <summary>Whether the limit was reached.</summary>
    public bool HitRateLimit => Window.HitRateLimit;

    /// <summary>Messages.</summary>
    public long MessageCount => Window.MessageCount;

    /// <summary>Input tokens.</summary>
    public long InputTokens => Window.InputTokens;

    /// <summary>Output tokens.</summary>
    public long OutputTokens => Window.OutputTokens;

    /// <summary>Tokens written to a cache.</summary>
    public long CacheCreationTokens => Window.CacheCreationTokens;

    /// <summary>Tokens read from a cache.</summary>
    public long CacheReadTokens => Window.CacheReadTokens;

    /// <summary>US cents, exact to 1/10000 cent.</summary>
    public decimal CostCents => Money.ToCents(Window.Cost);

    /// <summary>US cents a minute.</summary>
    public double BurnRateCentsPerMinute => Window.BurnRateCentsPerMinute;

    /// <summary>Where the tool ran.</summary>
    public string Surface => Window.Surface;

    /// <summary>The device's own stamp on the envelope that said so.</summary>
    public DateTimeOffset SyncedAt => Listed.Window.Order.SentAt;

    private WindowSummary Window => Listed.Window.Summary;
}
