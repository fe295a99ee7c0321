namespace Ingest.Api.Pages.Usage;

/// <summary>Round numbers up an axis, from nothing to the first one that nothing is above.</summary>
/// <param name="Step">From one to the next: 1, 2 or 5, with zeros.</param>
/// <param name="Steps">How many.</param>
public sealed record AxisScale(decimal Step, int Steps)
{
    private const int MostSteps = 4;

    private static readonly int[] Digits = [1, 2, 5, 10];

    public decimal Top => Step * Steps;

    public IEnumerable<decimal> Marks => Enumerable.Range(0, Steps + 1).Select(at => at * Step);

    /// <param name="largest">Of all that is drawn.</param>
    /// <param name="leastStep">Where there are no halves, 1.</param>
    public static AxisScale Of(decimal largest, decimal leastStep)
    {
        if (largest <= 0) return new AxisScale(1, 1);
        var wanted = Math.Max(largest / MostSteps, leastStep);
        var power = 1m;
        while (power > wanted) power /= 10;
        while (power * 10 <= wanted) power *= 10;
        var step = Digits.Select(digit => digit * power).First(round => round >= wanted);
        return new AxisScale(step, (int)Math.Ceiling(largest / step));
    }
}
