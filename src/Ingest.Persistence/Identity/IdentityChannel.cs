namespace Ingest.Persistence.Identity;

/// <summary>The Postgres channel that tells every instance to forget what it knows about keys and maintenance.</summary>
internal static class IdentityChannel
{
    public const string Name = "ingest_identity";

    public const string KeyRevoked = "key revoked";
    public const string KeyChanged = "key changed";
    public const string MemberChanged = "member changed";
    public const string MaintenanceSwitched = "maintenance switched";
    public const string DatabaseRestored = "database restored";
}
