using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Tenancy;

namespace Ingest.Persistence.Workspaces;

/// <summary>Workspaces: whom data belongs to.</summary>
public sealed class WorkspaceStore
{
    private readonly IdentityTransactions _transactions;

    internal WorkspaceStore(IdentityTransactions transactions) => _transactions = transactions;

    /// <param name="actor">Who makes it.</param>
    /// <param name="name">What people call it.</param>
    /// <param name="workspaceId">The id it shall have; null makes one.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<ListedWorkspace> CreateAsync(Actor actor, string name, string? workspaceId = null, CancellationToken cancellation = default)
    {
        name = IdentityTexts.Name(name, "workspace");
        if (workspaceId is not null) WorkspaceTable.CheckId(workspaceId);

        return _transactions.RunAsync(
            WorkspaceScope.All,
            async transaction =>
            {
                var id = workspaceId ?? WorkspaceId.Generate();
                await WorkspaceTable.RequireFreeNameAsync(transaction, id, name, cancellation);
                if (await WorkspaceTable.InsertAsync(transaction, actor, id, name, cancellation)) return await WorkspaceTable.GetAsync(transaction, id, cancellation);

                var existing = await WorkspaceTable.GetAsync(transaction, id, cancellation);
                throw new IdentityException(IdentityRefusal.NameTaken, $"Workspace {existing.WorkspaceId} exists already; its name is \"{existing.Name}\".");
            },
            cancellation);
    }
}
