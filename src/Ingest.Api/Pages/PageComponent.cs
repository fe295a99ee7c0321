using Microsoft.AspNetCore.Components;

namespace Ingest.Api.Pages;

/// <summary>A page: shows one model, and asks nobody for more.</summary>
public abstract class PageComponent<TModel> : ComponentBase
{
    [Parameter, EditorRequired]
    public TModel Model { get; set; } = default!;

    [CascadingParameter]
    public PageFrame Frame { get; set; } = default!;
}
