namespace Ingest.Simulator.Counting;

/// <summary>How a server dealt with two machines that use one device id: it cannot heal that, only tell and not be flooded.</summary>
/// <param name="NamedAfter">How long after the first contact of both status said so; null if never.</param>
/// <param name="RowsPerDay">Rows that one machine sent in a day, on average.</param>
/// <param name="RowsBound">What is taken for bounded.</param>
internal sealed record SharedIdFinding(string DeviceId, TimeSpan? NamedAfter, double RowsPerDay, double RowsBound)
{
    public bool Passes => NamedAfter <= TimeSpan.FromDays(1) && RowsPerDay <= RowsBound;
}
