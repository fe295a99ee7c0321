namespace Ingest.Api.Pages.Connect;

/// <summary>How a device gets in.</summary>
/// <param name="IsFirst">Whether there is no device yet.</param>
/// <param name="MayMakeCodes">Whether who is signed in makes codes; others ask somebody who does.</param>
/// <param name="People">Whose device it may be.</param>
/// <param name="Self">Who is signed in, where they are one of those.</param>
/// <param name="Code">The code that was just made.</param>
public sealed record ConnectModel(bool IsFirst, bool MayMakeCodes, IReadOnlyList<ConnectPerson> People, Guid? Self, NewCode? Code = null);
