using System.Globalization;

namespace Ingest.Bench.Measuring;

/// <summary>Processor time and memory of processes, as the kernel counts them in <c>/proc</c>.</summary>
internal static class ProcessTree
{
    /// <summary>Of <c>sysconf(_SC_CLK_TCK)</c>, which Linux never changed.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>Seconds that a process and its living descendants have used, and those that ended and were waited for.</summary>
    public static double ProcessorSeconds(int root)
    {
        var all = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var process) ? Read(process) : null)
            .OfType<Reading>().ToLookup(reading => reading.Parent);
        return OwnSeconds(root) + (Descendants(root).Sum(reading => reading.Ticks) / TicksPerSecond);

        IEnumerable<Reading> Descendants(int parent) => all[parent].SelectMany(child => Descendants(child.Process).Prepend(child));
    }

    /// <summary>Seconds that a process and its ended children have used.</summary>
    public static double OwnSeconds(int process) => (Read(process) ?? throw new BenchException($"Process {process} is gone.")).Ticks / TicksPerSecond;

    /// <summary>Seconds that the threads of a process have used which have the name, of which the kernel keeps fifteen characters.</summary>
    public static double ThreadSeconds(int process, string name) =>
        Directory.EnumerateDirectories($"/proc/{process}/task").Select(thread => Read(thread)).OfType<Reading>()
            .Where(reading => reading.Name == name).Sum(reading => reading.Ticks) / TicksPerSecond;

    /// <summary>The most memory a process has held since <see cref="ResetPeakMemory"/>, in bytes.</summary>
    public static long PeakMemory(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    /// <returns>False where the kernel does not allow it; the peak is then that since the start.</returns>
    public static bool ResetPeakMemory(int process)
    {
        try
        {
            File.WriteAllText($"/proc/{process}/clear_refs", "5");
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static Reading? Read(int process) => Read($"/proc/{process}");

    private static Reading? Read(string folder)
    {
        try
        {
            // The name, between brackets, may hold anything; what follows is numbers.
            var text = File.ReadAllText(Path.Combine(folder, "stat"));
            var (begins, ends) = (text.IndexOf('('), text.LastIndexOf(')'));
            var fields = text[(ends + 2)..].Split(' ');
            return new Reading(
                int.Parse(text[..begins], CultureInfo.InvariantCulture),
                text[(begins + 1)..ends],
                int.Parse(fields[1], CultureInfo.InvariantCulture),
                fields[11..15].Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture)));
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException or IOException)
        {
            return null;
        }
    }

    private sealed record Reading(int Process, string Name, int Parent, long Ticks);
}
