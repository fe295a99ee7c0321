using Ingest.Domain.Identity;

namespace Ingest.Persistence.Members;

/// <summary>What somebody is to be called, and to be; what is null stays as it is.</summary>
public sealed record MemberChange(string? Name = null, UserRole? Role = null);
