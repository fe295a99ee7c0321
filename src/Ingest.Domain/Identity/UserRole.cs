namespace Ingest.Domain.Identity;

/// <summary>What a person may see in a workspace: members their own devices, managers all of them.</summary>
public enum UserRole
{
    Member,
    Manager,
}
