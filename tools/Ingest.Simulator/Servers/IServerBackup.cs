namespace Ingest.Simulator.Servers;

/// <summary>Takes a server back to an earlier state, as an operator does after a disaster.</summary>
internal interface IServerBackup
{
    Task TakeAsync(CancellationToken cancellation);

    Task RestoreAsync(CancellationToken cancellation);
}
