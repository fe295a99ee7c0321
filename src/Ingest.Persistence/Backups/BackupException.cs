namespace Ingest.Persistence.Backups;

/// <summary>A backup was not taken, or not restored; the message is written for the operator and says what to do.</summary>
public sealed class BackupException : Exception
{
    public BackupException()
    {
    }

    public BackupException(string message)
        : base(message)
    {
    }

    public BackupException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
