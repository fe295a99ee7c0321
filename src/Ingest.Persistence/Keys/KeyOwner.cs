using Ingest.Domain.Identity;

namespace Ingest.Persistence.Keys;

/// <summary>Whose a new key shall be.</summary>
public abstract record KeyOwner
{
    private KeyOwner()
    {
    }

    /// <summary>The person a key belongs to where nobody is named.</summary>
    public const string DefaultName = "default";

    /// <summary>Somebody who is there.</summary>
    public sealed record Member(Guid UserId) : KeyOwner;

    /// <summary>Somebody by name, who is added when nobody is called so.</summary>
    /// <param name="Name">What the workspace calls them.</param>
    /// <param name="Role">What they are; null keeps the role of somebody who exists and makes a member of somebody new.</param>
    public sealed record Person(string Name = DefaultName, UserRole? Role = null) : KeyOwner;

    /// <summary>Nobody: a program, which is called as its key is.</summary>
    public sealed record Service : KeyOwner;
}
