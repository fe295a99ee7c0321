namespace Ingest.Domain.Privacy;

/// <summary>What a text looks like that says more than it should.</summary>
internal enum PrivateKind : byte
{
    None,
    Path,
    Email,
}
