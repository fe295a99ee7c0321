namespace Ingest.Api.Queries;

/// <summary>Entries of one page of any list.</summary>
internal static class PageLimits
{
    public const int Default = 400;

    public const int Most = 1000;
}
