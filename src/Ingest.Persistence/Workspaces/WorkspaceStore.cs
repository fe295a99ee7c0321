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

    /// <summary>All workspaces, oldest first.</summary>
    public Task<IReadOnlyList<ListedWorkspace>> ListAsync(CancellationToken cancellation = default) =>
        _transactions.RunAsync<IReadOnlyList<ListedWorkspace>>(WorkspaceScope.All, async transaction => await WorkspaceTable.ListAsync(transaction, cancellation), cancellation);

    public Task<ListedWorkspace> GetAsync(string workspaceId, CancellationToken cancellation = default) =>
        _transactions.RunAsync(WorkspaceScope.Of(workspaceId), transaction => WorkspaceTable.GetAsync(transaction, workspaceId, cancellation), cancellation);

    /// <param name="actor">Who renames it. A name that another workspace has is refused to operators only: nobody else is told what others are called.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="name">What people call it from now on.</param>
    /// <param name="expected">The revision it was decided on; null is any.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<ListedWorkspace> RenameAsync(Actor actor, string workspaceId, string name, int? expected = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(actor);
        name = IdentityTexts.Name(name, "workspace");
        return _transactions.RunAsync(
            actor.Kind == ActorKind.Operator ? WorkspaceScope.All : WorkspaceScope.Of(workspaceId),
            async transaction =>
            {
                if (actor.Kind == ActorKind.Operator) await WorkspaceTable.RequireFreeNameAsync(transaction, workspaceId, name, cancellation);
                await WorkspaceTable.LockAsync(transaction, workspaceId, cancellation);
                var before = await WorkspaceTable.GetAsync(transaction, workspaceId, cancellation);
                IdentityTexts.RequireRevision(expected, before.Revision);
                if (before.Name == name) return before;

                await WorkspaceTable.RenameAsync(transaction, actor, before, name, cancellation);
                return before with { Name = name, Revision = before.Revision + 1 };
            },
            cancellation);
    }
}
