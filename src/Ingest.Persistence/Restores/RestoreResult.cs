namespace Ingest.Persistence.Restores;

/// <summary>What became of a wish to restore.</summary>
public abstract record RestoreResult
{
    private RestoreResult()
    {
    }

    /// <summary>Committed, or found to stand there already.</summary>
    public sealed record Restored(RestoredDay Day) : RestoreResult;

    public sealed record DeviceNotFound : RestoreResult;

    public sealed record ChangeNotFound : RestoreResult;

    /// <summary>Retention has removed the day.</summary>
    public sealed record Expired(DateOnly Day) : RestoreResult;
}
