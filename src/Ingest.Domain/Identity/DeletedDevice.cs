using System.Security.Cryptography;
using System.Text;

namespace Ingest.Domain.Identity;

/// <summary>What is left of a device that was deleted: that it was, told by a hash, so that it stays away until somebody enrols it anew.</summary>
public static class DeletedDevice
{
    /// <summary>SHA-256 of the workspace id, a zero byte and the device id as it is stored. Neither id can hold a zero byte.</summary>
    public static byte[] HashOf(string workspaceId, string deviceId) => SHA256.HashData(Encoding.UTF8.GetBytes($"{workspaceId}\0{deviceId}"));
}
