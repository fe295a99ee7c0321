using System.Data.Common;
using System.Net.Sockets;

namespace Ingest.Persistence;

/// <summary>Tells trouble with the database from a fault in this program.</summary>
internal static class DatabaseFailure
{
    public static bool Explains(Exception failure) => failure is DbException or TimeoutException or IOException or SocketException;
}
