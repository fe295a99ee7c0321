using Ingest.Domain.Devices;
using Ingest.Domain.Ledger;

namespace Ingest.Domain.Windows;

/// <summary>A rate-limit window and the device it is of.</summary>
public sealed record ListedWindow(StoredWindow Window, SendingDevice Device)
{
    public WindowPlace Place => new(Window.Summary.Key.StartedAt, Device.DeviceId, Window.Summary.Key.Provider);
}
