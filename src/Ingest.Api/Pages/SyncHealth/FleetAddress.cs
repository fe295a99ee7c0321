using System.Globalization;
using Ingest.Api.Devices;
using Ingest.Domain.Health;
using Microsoft.AspNetCore.Http.Extensions;

namespace Ingest.Api.Pages.SyncHealth;

/// <summary>Where a part of the fleet is shown, and where a device is.</summary>
internal static class FleetAddress
{
    public static string Of(FleetFilter filter, int page = 1)
    {
        var query = new QueryBuilder();
        if (filter.State is { } state) query.Add("state", DeviceWords.WordOf(state));
        if (filter.OwnerUserId is { } owner) query.Add("owner", owner.ToString("D"));
        if (filter.Text is { } text) query.Add("q", text);
        if (page > 1) query.Add("page", page.ToString(CultureInfo.InvariantCulture));
        return "/" + query;
    }

    public static string OfDevice(string deviceId) => "/devices/" + Uri.EscapeDataString(deviceId);
}
