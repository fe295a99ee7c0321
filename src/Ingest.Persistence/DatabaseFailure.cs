using System.Data.Common;
using System.Net.Sockets;
using Ingest.Domain;
using Ingest.Persistence.Identity;

namespace Ingest.Persistence;

/// <summary>Tells trouble with the database from a fault in this program.</summary>
internal static class DatabaseFailure
{
    public static bool Explains(Exception failure) => Cause(failure) is not null;

    /// <summary>The trouble itself: Entity Framework wraps what it takes for transient, and failed writes, in exceptions of its own.</summary>
    public static Exception? Cause(Exception? failure) => failure switch
    {
        null or IdentityException or OperationCanceledException => null,
        DbException or TimeoutException or IOException or SocketException => failure,
        _ => Cause(failure.InnerException),
    };

    /// <summary>For a line in the log: an outage is nothing to be mended here, so its stack would only bury what is.</summary>
    public static string Reason(Exception failure) => (Cause(failure) ?? failure).Message;

    /// <summary>Runs a question to the database; its trouble comes out in words for a person.</summary>
    public static async Task<T> AskedAsync<T>(Func<Task<T>> question)
    {
        try
        {
            return await question();
        }
        catch (Exception failure) when (Cause(failure) is { } cause)
        {
            throw new StoreUnavailableException($"The database could not be asked: {cause.Message}", failure);
        }
    }
}
