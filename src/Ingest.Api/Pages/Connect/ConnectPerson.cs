namespace Ingest.Api.Pages.Connect;

/// <summary>Somebody whose device it may be.</summary>
public sealed record ConnectPerson(Guid UserId, string Name);
