using Ingest.Persistence.Devices;

namespace Ingest.Api.Operator;

/// <summary>The answer of <c>device list</c>.</summary>
internal sealed record DeviceList(IReadOnlyList<HomedDevice> Devices);
