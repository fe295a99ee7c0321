using Ingest.Persistence.Identity;
using Microsoft.EntityFrameworkCore;

namespace Ingest.Persistence;

/// <summary>
/// Identity and the read side. The schema belongs to <c>migrations/</c>; what is mapped here is written out name by name,
/// one <see cref="IEntityTypeConfiguration{TEntity}"/> per entity, and a test selects every column of it.
/// </summary>
internal sealed class IngestDbContext(DbContextOptions<IngestDbContext> options) : DbContext(options)
{
    public DbSet<WorkspaceRow> Workspaces => Set<WorkspaceRow>();

    public DbSet<UserRow> Users => Set<UserRow>();

    public DbSet<ApiKeyRow> ApiKeys => Set<ApiKeyRow>();

    public DbSet<ServerStateRow> ServerState => Set<ServerStateRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(IngestDbContext).Assembly);
}
