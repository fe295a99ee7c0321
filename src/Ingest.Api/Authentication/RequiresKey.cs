namespace Ingest.Api.Authentication;

/// <summary>Marks an endpoint that answers only to a key, for whoever describes the API.</summary>
internal sealed class RequiresKey
{
    public static readonly RequiresKey Instance = new();

    private RequiresKey()
    {
    }
}
