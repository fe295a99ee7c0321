using Ingest.Domain.Identity;

namespace Ingest.Persistence.Identity;

/// <summary>Somebody asked for something that cannot be done; the message says why and what to do, and is shown as it is.</summary>
public sealed class IdentityException : Exception
{
    public IdentityException()
    {
    }

    public IdentityException(string message)
        : base(message)
    {
    }

    public IdentityException(IdentityRefusal refusal, string message)
        : base(message) => Refusal = refusal;

    public IdentityException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>For programs.</summary>
    public IdentityRefusal Refusal { get; }

    /// <summary>The field of the request it is about, where it is about one.</summary>
    public string? Field { get; init; }
}
