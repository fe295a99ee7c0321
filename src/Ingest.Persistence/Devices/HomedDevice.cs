using Ingest.Domain.Devices;

namespace Ingest.Persistence.Devices;

/// <summary>A device, and the workspace it is in: operators stand above workspaces.</summary>
public sealed record HomedDevice(string WorkspaceId, DeviceRecord Device);
