using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using System.Reflection;
using Ingest.Persistence.Cluster;
using Npgsql;

namespace Ingest.Bench;

/// <summary>The command line. Exit codes: 0 every scenario ran as it should, 1 one did not, 2 it could not be tried.</summary>
internal sealed partial class BenchCommand
{
    public const int AsExpected = 0;
    public const int NotAsExpected = 1;
    public const int NotTried = 2;

    /// <summary>After Ctrl-C: a service and a database have to be stopped.</summary>
    private static readonly TimeSpan CleanUp = TimeSpan.FromMinutes(2);

    private readonly Option<string> _only = new("--only")
    {
        Description = "Names with commas between; left out, all.", DefaultValueFactory = _ => "", HelpName = "name,name",
    };

    private readonly Option<int> _rounds = Number("--rounds", 3, "Alternations: every scenario runs so often, and its median is told.", 1, 100);
    private readonly Option<double> _seconds = new("--seconds")
    {
        Description = "How long one run of one scenario lasts.", DefaultValueFactory = _ => 10, HelpName = "N",
    };

    private readonly Option<string> _rows = new("--rows")
    {
        Description = "Stored rollups to measure at.", DefaultValueFactory = _ => "0,1000000,10000000", HelpName = "N,N",
    };

    private readonly Option<int> _connections = Number("--connections", 64, "Connections of a load.", 1, 1_000);
    private readonly Option<int> _devices = Number("--devices", 5_000, "Devices of the fleet, a hundred in a workspace.", 100, 100_000);
    private readonly Option<string?> _service = new("--service")
    {
        Description = "The ingest.dll to run; left out, the one that was built along.", HelpName = "FILE",
    };

    private readonly Option<string?> _json = new("--json") { Description = "Write the report to this file as well.", HelpName = "FILE" };
    private readonly Option<bool> _noCounts = new("--no-counts")
    {
        Description = "Do not wait for Postgres' counts of rows, which takes 22 seconds of each scenario that writes.",
    };

    private readonly Option<bool> _micro = new("--micro") { Description = "Only the micro-benchmarks: parse, validate, digest, build a batch." };
    private readonly Option<bool> _reads = new("--reads")
    {
        Description = "Only the reads: usage by every dimension, sessions and pages, one request after the other, over one workspace of --devices with the last of --rows in it.",
    };

    private readonly Option<bool> _quick = new("--quick") { Description = "Seconds only: proves that everything runs, and judges no figure." };

    public async Task<int> RunAsync(string[] arguments, Func<BenchOptions, CancellationToken, Task<int>> run, TextWriter output, TextWriter error)
    {
        _seconds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0.1 and <= 3_600)) result.AddError("--seconds is a number from 0.1 to 3600.");
        });
        var root = new RootCommand("Ingest beside Postgres itself, in one run on one machine: only ratios taken in one run count.")
        {
            _only, _rounds, _seconds, _rows, _connections, _devices, _service, _json, _noCounts, _micro, _reads, _quick,
        };
        var parse = root.Parse(arguments);
        foreach (var problem in parse.Errors) await error.WriteLineAsync("ingest-bench: " + problem.Message);
        if (parse.Errors.Count > 0) return NotTried;

        root.SetAction((asked, stop) =>
            asked.GetValue(_micro) ? RunMicroAsync(asked.GetValue(_quick), output, stop)
            : asked.GetValue(_reads) ? RunReadsAsync(Read(asked), output, error, stop)
            : run(Read(asked), stop));
        try
        {
            return await parse.InvokeAsync(new InvocationConfiguration
            {
                Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = CleanUp,
            });
        }
        catch (Exception failure) when (failure
            is BenchException or ClusterException or NpgsqlException or IOException or SocketException or HttpRequestException)
        {
            await error.WriteLineAsync("ingest-bench: " + failure.Message);
            return NotTried;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("ingest-bench: cancelled.");
            return NotTried;
        }
    }

    /// <summary>Filled in by the folder Micro.</summary>
    static partial void OfferMicro(ref Func<bool, TextWriter, CancellationToken, Task<int>>? offer);

    /// <summary>Filled in by the folder Reads.</summary>
    static partial void OfferReads(ref Func<BenchOptions, TextWriter, TextWriter, CancellationToken, Task<int>>? offer);

    private static Task<int> RunReadsAsync(BenchOptions options, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        Func<BenchOptions, TextWriter, TextWriter, CancellationToken, Task<int>>? reads = null;
        OfferReads(ref reads);
        return reads is null ? throw new BenchException("No reads are built in.") : reads(options, output, error, cancellation);
    }

    private static Task<int> RunMicroAsync(bool quick, TextWriter output, CancellationToken cancellation)
    {
        Func<bool, TextWriter, CancellationToken, Task<int>>? micro = null;
        OfferMicro(ref micro);
        return micro is null ? throw new BenchException("No micro-benchmarks are built in.") : micro(quick, output, cancellation);
    }

    private BenchOptions Read(ParseResult parse)
    {
        var quick = parse.GetValue(_quick);
        var service = parse.GetValue(_service) ?? Built();
        if (!File.Exists(service)) throw new BenchException($"There is no {service}.");
        return new BenchOptions(
            parse.GetValue(_only)!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            Or(_rounds, 1),
            TimeSpan.FromSeconds(Or(_seconds, 0.3)),
            Sizes(Given(_rows) || !quick ? parse.GetValue(_rows)! : "0,10000"),
            Or(_connections, 16),
            Or(_devices, 100),
            Path.GetFullPath(service),
            parse.GetValue(_json),
            !parse.GetValue(_noCounts),
            quick);

        bool Given(Option option) => parse.GetResult(option) is { Implicit: false };
        T Or<T>(Option<T> option, T ifQuick) => quick && !Given(option) ? ifQuick : parse.GetValue(option)!;
    }

    private static List<long> Sizes(string text)
    {
        var sizes = new List<long>();
        foreach (var size in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var rows))
                throw new BenchException($"--rows takes numbers, not \"{size}\".");
            sizes.Add(rows);
        }

        return [.. sizes.Distinct().Order()];
    }

    private static string Built() =>
        typeof(BenchCommand).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == "Service").Value!;

    private static Option<int> Number(string name, int otherwise, string description, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => otherwise, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < least || result.GetValueOrDefault<int>() > most)
                result.AddError($"{name} is a number from {least} to {most}.");
        });
        return option;
    }
}
