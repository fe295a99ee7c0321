namespace Ingest.Domain.Health;

/// <summary>What may be the matter with a device whatever its state is, worst first.</summary>
public enum ConcernKind
{
    /// <summary>The key it used last opens nothing any more.</summary>
    KeyEnded,

    /// <summary>A restored backup lacks what it delivered since, and it has not sent that again.</summary>
    BackupGap,

    /// <summary>Something of it is known to be missing, and it is asked for it.</summary>
    Resending,

    /// <summary>Days hold less than they did after they were closed.</summary>
    ShrunkDays,

    /// <summary>Days are no longer on the device.</summary>
    GoneDays,

    /// <summary>Rows of it break a rule, and are in no sum.</summary>
    QuarantinedRows,

    /// <summary>Its clock dates usage to other days, or holds its days back.</summary>
    WrongClock,
}
