using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Tenancy;
using Ingest.Persistence.Workspaces;

namespace Ingest.Persistence.Members;

/// <summary>The people of a workspace.</summary>
public sealed class MemberStore
{
    private readonly IdentityTransactions _transactions;

    internal MemberStore(IdentityTransactions transactions) => _transactions = transactions;

    /// <summary>Adds a person, who has no key yet.</summary>
    public Task<Guid> AddAsync(Actor actor, string workspaceId, string name, UserRole role, CancellationToken cancellation = default)
    {
        name = IdentityTexts.Name(name, "person");
        return _transactions.RunAsync(
            WorkspaceScope.Of(workspaceId),
            async transaction =>
            {
                MemberTable.RequireMayAppoint(actor, role);
                await WorkspaceTable.RequireAsync(transaction, workspaceId, cancellation);
                return (await MemberTable.InsertAsync(transaction, actor, workspaceId, name, role, isService: false, cancellation)).UserId;
            },
            cancellation);
    }
}
