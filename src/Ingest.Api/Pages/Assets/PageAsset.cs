namespace Ingest.Api.Pages.Assets;

/// <summary>One file that pages load.</summary>
internal sealed record PageAsset(string Name, string Hash, byte[] Body)
{
    public string Address { get; } = $"/assets/{Hash}/{Name}";

    public string EntityTag { get; } = $"\"{Hash}\"";

    public string ContentType { get; } = Path.GetExtension(Name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => throw new ArgumentOutOfRangeException(nameof(Name), Name, "No such kind of file."),
    };
}
