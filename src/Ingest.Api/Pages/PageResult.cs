using System.Text;
using Ingest.Api.Pages.Frame;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Ingest.Api.Pages;

/// <summary>A page, rendered whole and then sent: a page that fails half-way is an error, not half a page.</summary>
internal sealed class PageResult<TPage, TModel>(TModel model, int status = StatusCodes.Status200OK) : IResult
    where TPage : PageComponent<TModel>
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var services = httpContext.RequestServices;
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        var values = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [nameof(PageRoot.Frame)] = PageFrame.Of(httpContext),
            [nameof(PageRoot.Page)] = typeof(TPage),
            [nameof(PageRoot.Model)] = model,
        };
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<PageRoot>(ParameterView.FromDictionary(values))).ToHtmlString());
        var body = Encoding.UTF8.GetBytes(html);

        var response = httpContext.Response;
        PageHeaders.Set(response);
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }
}
