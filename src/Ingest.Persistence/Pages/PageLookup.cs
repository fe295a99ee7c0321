using Ingest.Domain.Identity;

namespace Ingest.Persistence.Pages;

/// <summary>What a look-up of a session found.</summary>
/// <param name="IsMaintenance">An operator switched maintenance on: nothing else is known.</param>
/// <param name="Session">Null where nobody is signed in with it, or not any more.</param>
public readonly record struct PageLookup(bool IsMaintenance, PageSession? Session);
