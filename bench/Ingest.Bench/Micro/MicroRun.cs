using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Environments;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using Perfolizer.Horology;

namespace Ingest.Bench.Micro;

/// <summary>Single steps of the write path, each by itself, in time and in garbage.</summary>
internal static class MicroRun
{
    /// <summary>In the order of the write path.</summary>
    private static readonly Type[] Steps = [typeof(ParseBenchmark), typeof(ValidateBenchmark), typeof(DigestBenchmark)];

    /// <summary>Many short turns: on a machine with other work to do some of them are not interrupted, and the least one tells.</summary>
    private static Job Thorough => Job.Default.WithWarmupCount(50).WithIterationTime(TimeInterval.FromMilliseconds(20)).WithIterationCount(150);

    /// <param name="quick">Runs each step once, which proves that it runs and nothing else.</param>
    /// <returns>Whether every step was measured.</returns>
    public static bool Run(bool quick, TextWriter output, CancellationToken cancellation)
    {
        var artifacts = Directory.CreateTempSubdirectory("ingest-bench-micro-");
        try
        {
            foreach (var line in HostEnvironmentInfo.GetCurrent().ToFormattedString()) output.WriteLine(line);
            output.WriteLine($"{"step",-30} {"least ns",12} {"median ns",12} {"bytes",10}");
            var ranAll = true;
            foreach (var step in Steps)
            {
                cancellation.ThrowIfCancellationRequested();
                ranAll &= Report(BenchmarkRunner.Run(step, Configure(quick, artifacts.FullName)), output);
            }

            return ranAll;
        }
        finally
        {
            artifacts.Delete(recursive: true);
        }
    }

    private static ManualConfig Configure(bool quick, string artifacts) => ManualConfig.CreateEmpty()
        .AddJob((quick ? Job.Dry : Thorough).WithToolchain(InProcessNoEmitToolchain.Instance))
        .AddDiagnoser(MemoryDiagnoser.Default)
        .AddColumnProvider(DefaultColumnProviders.Instance)
        .AddLogger(NullLogger.Instance)
        .WithArtifactsPath(artifacts);

    private static bool Report(Summary summary, TextWriter output)
    {
        foreach (var error in summary.ValidationErrors.Where(error => error.IsCritical)) output.WriteLine($"{error.BenchmarkCase?.DisplayInfo}: {error.Message}");
        foreach (var report in summary.Reports)
        {
            var name = $"{report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo} {report.BenchmarkCase.Parameters.DisplayInfo}";
            output.WriteLine(report.ResultStatistics is { } took
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name,-30} {took.Min,12:n0} {took.Median,12:n0} {report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase),10:n0}")
                : $"{name,-30} was not measured");
        }

        // Where the library cannot run a benchmark it says so and goes on: a table without lines would look like success.
        return summary.Reports.Length > 0 && summary.Reports.All(report => report is { Success: true, ResultStatistics: not null }) && !summary.HasCriticalValidationErrors;
    }
}
