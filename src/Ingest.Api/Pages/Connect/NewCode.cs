namespace Ingest.Api.Pages.Connect;

/// <summary>A code, shown once.</summary>
/// <param name="Line">What is pasted on the device.</param>
/// <param name="UserName">Whose device it is.</param>
/// <param name="IsOverTls">Whether a stock daemon takes the address.</param>
/// <param name="Arrival">How far it is.</param>
public sealed record NewCode(string Line, string UserName, bool IsOverTls, Arrival Arrival)
{
    // The generated text of a record would put the code into any log line that names it.
    public override string ToString() => $"code of {Arrival.EnrolmentId}";
}
