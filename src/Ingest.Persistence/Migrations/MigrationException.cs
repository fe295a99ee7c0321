namespace Ingest.Persistence.Migrations;

/// <summary>The schema and this program's migrations do not fit together; the message names the file.</summary>
public sealed class MigrationException : Exception
{
    public MigrationException()
    {
    }

    public MigrationException(string message)
        : base(message)
    {
    }

    public MigrationException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
