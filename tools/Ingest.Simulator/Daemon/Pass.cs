namespace Ingest.Simulator.Daemon;

/// <summary>One tick's work: rows are read once, at its beginning (C§3.2).</summary>
internal sealed record Pass(IReadOnlyList<Chunk> Chunks)
{
    /// <param name="rollups">Ordered by day.</param>
    /// <param name="size">Records after which a chunk closes.</param>
    public static Pass Of(IReadOnlyList<LocalRow> rollups, IReadOnlyList<LocalSession> sessions, int size)
    {
        if (rollups.Count + sessions.Count == 0) return new Pass([]);
        if (rollups.Count + sessions.Count <= size) return new Pass([new Chunk(rollups, sessions)]);

        var chunks = new List<Chunk>();
        var chunk = new List<LocalRow>();
        foreach (var row in rollups)
        {
            // A day is never split: every chunk holds all rows of each day it names, which is what makes a day a snapshot (C§5.0).
            if (chunk.Count >= size && chunk[^1].Day != row.Day)
            {
                chunks.Add(new Chunk(chunk, []));
                chunk = [];
            }

            chunk.Add(row);
        }

        if (chunk.Count > 0) chunks.Add(new Chunk(chunk, []));
        chunks.AddRange(sessions.Chunk(size).Select(some => new Chunk([], some)));
        return new Pass(chunks);
    }
}
