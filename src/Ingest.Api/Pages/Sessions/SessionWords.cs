using Ingest.Api.Pages.Frame;
using Ingest.Domain.Devices;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Sessions;
using Microsoft.AspNetCore.Http.Extensions;

namespace Ingest.Api.Pages.Sessions;

/// <summary>Sessions in the words of pages, and where one is shown.</summary>
internal static class SessionWords
{
    private static readonly TimeSpan MostCounted = TimeSpan.FromDays(365_000);

    public static string AddressOf(ListedSession session) =>
        SessionPageEndpoints.OnePath + new QueryBuilder { { "device_id", session.Device.DeviceId }, { "session_id", session.Session.SessionId } };

    public static string NameOf(ListedSession session) => string.IsNullOrWhiteSpace(session.Session.Title) ? session.Session.SessionId : session.Session.Title;

    public static string NameOf(SendingDevice device) => device.Name ?? device.Label ?? device.DeviceId;

    /// <summary>However long a device says.</summary>
    public static string Took(long milliseconds) => Times.Span(TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, (long)MostCounted.TotalMilliseconds)));

    /// <summary>How it went, as devices judge it.</summary>
    public static string NameOf(string? state) => state switch
    {
        VitalStates.Green => "Good",
        VitalStates.Yellow => "Fair",
        VitalStates.Red => "Poor",
        _ => "Not judged",
    };

    public static Tone ToneOf(string? state) => state switch
    {
        VitalStates.Green => Tone.Good,
        VitalStates.Yellow => Tone.Warning,
        VitalStates.Red => Tone.Bad,
        _ => Tone.Neutral,
    };
}
