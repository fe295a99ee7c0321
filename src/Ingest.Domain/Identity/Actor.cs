namespace Ingest.Domain.Identity;

/// <summary>Who does something that is written into the audit log, and from where.</summary>
/// <param name="Kind">How they came in.</param>
/// <param name="Name">What people call them.</param>
/// <param name="Role">How far they may go.</param>
/// <param name="UserId">The person, where it is one of the workspace.</param>
/// <param name="KeyId">The key that was used.</param>
/// <param name="Address">The network address, where there is one.</param>
public sealed record Actor(ActorKind Kind, string Name, UserRole Role, Guid? UserId = null, Guid? KeyId = null, string? Address = null)
{
    /// <summary>Whoever runs verbs on the machine of the server stands above workspaces.</summary>
    public static Actor Operator { get; } = new(ActorKind.Operator, Environment.UserName, UserRole.Owner);

    public static Actor Of(Caller caller, string? address)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.IsOfLink
            ? new Actor(ActorKind.Code, caller.UserName, caller.Role, caller.UserId, Address: address)
            : new Actor(ActorKind.Key, caller.UserName, caller.Role, caller.UserId, caller.KeyId, address);
    }
}
