using Ingest.Domain.Usage;
using Microsoft.Extensions.Caching.Memory;

namespace Ingest.Persistence.Usage;

/// <summary>
/// Blocks that were read lately. Which block a day has is asked of the database each time, and a name never stands for another content: what is in here
/// can be unused, but not wrong.
/// </summary>
internal sealed class UsageBlockCache(UsagePolicy policy) : IDisposable
{
    /// <summary>A server that nobody asks gives the memory back.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(10);

    private readonly MemoryCache _blocks = new(new MemoryCacheOptions { SizeLimit = policy.CacheBytes });

    public UsageBlock? Find(Guid blockId) => _blocks.TryGetValue(blockId, out UsageBlock? block) ? block : null;

    public void Keep(Guid blockId, UsageBlock block) => _blocks.Set(blockId, block, new MemoryCacheEntryOptions { Size = block.Bytes, SlidingExpiration = Idle });

    public void Dispose() => _blocks.Dispose();
}
