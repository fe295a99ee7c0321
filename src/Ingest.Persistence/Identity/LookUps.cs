using Ingest.Domain;

namespace Ingest.Persistence.Identity;

/// <summary>Asks the database for what strangers may present. Each is asked for again: without a bound, they could hold every connection of the pool.</summary>
/// <param name="unanswered">What nobody knows where the database does not answer.</param>
/// <param name="time">Measures the patience.</param>
internal sealed class LookUps(string unanswered, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _places = new(8);

    /// <exception cref="StoreUnavailableException">Nothing is known.</exception>
    public async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            await _places.WaitAsync(either.Token);
            try
            {
                return await read(either.Token);
            }
            finally
            {
                _places.Release();
            }
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            // Whatever went wrong, down to a missing table: nothing is known, and a refusal would be believed.
            throw new StoreUnavailableException(unanswered, failure);
        }
    }

    public void Dispose() => _places.Dispose();
}
