namespace Ingest.Domain.Identity;

/// <summary>Finds who a Bearer key belongs to.</summary>
public interface IKeyDirectory
{
    /// <summary>
    /// Looks the key up. A missing or malformed key (<paramref name="key"/> null) is looked up too: the answer says whether
    /// the server is set up and open, without which it must not be refused as unknown.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The database could not answer; nothing is known about the key.</exception>
    ValueTask<KeyLookup> FindAsync(string? key, CancellationToken cancellation);

    /// <summary>
    /// The same for an address that guesses: only a key that is on the list of all is looked up, so that guessing costs the database nothing, and
    /// silences nobody whose key is good.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The database could not answer; nothing is known about the key.</exception>
    ValueTask<KeyLookup> FindListedAsync(string? key, CancellationToken cancellation);
}
