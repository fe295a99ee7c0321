namespace Ingest.Persistence.Identity;

/// <summary>An operator asked for something that cannot be done; the message says why and what to do, and is shown as it is.</summary>
public sealed class IdentityException : Exception
{
    public IdentityException()
    {
    }

    public IdentityException(string message)
        : base(message)
    {
    }

    public IdentityException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
