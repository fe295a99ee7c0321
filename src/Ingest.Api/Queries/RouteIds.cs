namespace Ingest.Api.Queries;

/// <summary>Ids in the path of an address.</summary>
internal static class RouteIds
{
    /// <returns>The empty id, which nothing has, where the path holds none: what is no id and what names nothing are answered alike.</returns>
    public static Guid RouteId(this HttpContext context, string name) =>
        Guid.TryParseExact(context.GetRouteValue(name) as string, "D", out var id) ? id : Guid.Empty;
}
