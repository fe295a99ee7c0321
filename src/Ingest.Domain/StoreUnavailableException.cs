namespace Ingest.Domain;

/// <summary>The database could not do what was asked, or nobody knows whether it did. Always worth trying again.</summary>
public sealed class StoreUnavailableException : Exception
{
    public StoreUnavailableException()
    {
    }

    public StoreUnavailableException(string message)
        : base(message)
    {
    }

    public StoreUnavailableException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
