namespace Ingest.Domain.Envelopes;

/// <summary>A row and its place among those sent, which decides between equal keys.</summary>
internal readonly record struct PlacedRollup(DailyRollup Row, int Place)
{
    public readonly struct Order : IComparer<PlacedRollup>
    {
        public int Compare(PlacedRollup x, PlacedRollup y)
        {
            var order = x.Row.Key.CompareTo(y.Row.Key);
            return order != 0 ? order : x.Place.CompareTo(y.Place);
        }
    }
}
