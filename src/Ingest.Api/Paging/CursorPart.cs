namespace Ingest.Api.Paging;

/// <summary>What stands next in a cursor.</summary>
internal enum CursorPart : byte
{
    Instant = 1,
    Day = 2,
    Id = 3,
    Text = 4,
}
