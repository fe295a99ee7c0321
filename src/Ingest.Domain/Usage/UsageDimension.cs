namespace Ingest.Domain.Usage;

/// <summary>What usage can be told apart by.</summary>
public enum UsageDimension
{
    Day,
    Device,
    Member,
    Provider,
    Model,
    Repo,
    Branch,
    Ticket,
    Surface,
    Role,
}
