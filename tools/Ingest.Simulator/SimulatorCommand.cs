using System.CommandLine;
using Ingest.Simulator.Faults;
using Ingest.Simulator.Fleet;
using Ingest.Simulator.Servers;

namespace Ingest.Simulator;

/// <summary>The command line. Exit codes: 0 nothing lost and nothing doubled, 1 something was, 2 it could not be tried.</summary>
internal sealed class SimulatorCommand
{
    public const int Whole = 0;
    public const int NotWhole = 1;
    public const int NotTried = 2;

    /// <summary>After Ctrl-C: services and their databases have to be stopped.</summary>
    private static readonly TimeSpan CleanUp = TimeSpan.FromMinutes(2);

    private readonly Option<int> _devices = Number("--devices", 40, "Devices: half with one fault each, half with all at once.", 1, 100_000);
    private readonly Option<int> _days = Number("--days", 40, "Virtual days with faults.", 1, 3_650);
    private readonly Option<int> _tail = Number("--tail", RunPlan.DefaultTail, "Quiet days after them, in which all has to heal.", 0, 365);
    private readonly Option<int> _soon = Number("--soon", 1, "Quiet days before the first of two measurements.", 0, 365);
    private readonly Option<int> _ticks = Number("--ticks", 24, "Ticks in a day; a real daemon has 288.", 1, 1_440);
    private readonly Option<int> _chunk = Number("--chunk", 500, "Records after which a chunk closes.", 1, 1_000_000);
    private readonly Option<int> _history = Number("--history", 75, "Days of usage before first contact.", 1, 3_650);
    private readonly Option<int> _inFlight = Number("--in-flight", 16, "Devices that act at the same time.", 1, 1_024);
    private readonly Option<int> _seed = Number("--seed", 1, "The same seed makes the same devices, usage and faults.", 0, int.MaxValue);
    private readonly Option<string> _faults = new("--faults")
    {
        Description = "all, or names with commas between:\n" + string.Join('\n', FaultKind.All.Select(fault => $"{fault.Name}: {fault.Description}")),
        DefaultValueFactory = _ => "all",
        HelpName = "all|name,name",
    };

    private readonly Option<bool> _alone = new("--alone") { Description = "Only each fault alone, no devices with all of them." };
    private readonly Option<string?> _server = new("--server")
    {
        Description = "The address of a running server; left out, the built service is run.", HelpName = "URL",
    };

    private readonly Option<string?> _key = new("--key") { Description = "A key of that server." };
    private readonly Option<string?> _workspace = new("--workspace") { Description = "The workspace of the key." };
    private readonly Option<bool> _virtualClock = new("--virtual-clock") { Description = "That server has PUT /development/clock." };
    private readonly Option<string?> _second = new("--second-server") { Description = "An empty server to move devices to.", HelpName = "URL" };
    private readonly Option<string?> _secondKey = new("--second-key") { Description = "A key of it." };
    private readonly Option<string?> _secondWorkspace = new("--second-workspace") { Description = "The workspace of that key." };
    private readonly Option<string?> _service = new("--service")
    {
        Description = "The ingest.dll to run; left out, the one of this checkout.", HelpName = "FILE",
    };

    private readonly Option<string> _rulesOff = new("--rules-off")
    {
        Description = $"Rules that the own service runs without: all, or of {string.Join(", ", RuleNames.All)}.", DefaultValueFactory = _ => "",
    };

    private readonly Option<bool> _ablate = new("--ablate") { Description = "Switch off each rule alone, and none, and all: a table of rule and fault." };
    private readonly Option<bool> _quick = new("--quick") { Description = "A small run that proves that it runs: 24 devices, 8 days, chunks of 60." };
    private readonly Option<string> _format = new("--format") { Description = "How to answer.", DefaultValueFactory = _ => "text", HelpName = "text|json" };

    public async Task<int> RunAsync(string[] arguments, Func<SimulatorOptions, CancellationToken, Task<int>> run, TextWriter output, TextWriter error)
    {
        var root = new RootCommand("A fleet of model daemons with faults, against a real server: nothing may be lost, nothing doubled.")
        {
            _devices, _days, _tail, _soon, _ticks, _chunk, _history, _inFlight, _seed, _faults, _alone, _server, _key, _workspace, _virtualClock, _second,
            _secondKey, _secondWorkspace, _service, _rulesOff, _ablate, _quick, _format,
        };
        _format.AcceptOnlyFromAmong("text", "json");
        var parse = root.Parse(arguments);
        foreach (var problem in parse.Errors) await error.WriteLineAsync("ingest-simulator: " + problem.Message);
        if (parse.Errors.Count > 0) return NotTried;

        root.SetAction((asked, stop) => run(Read(asked), stop));
        try
        {
            return await parse.InvokeAsync(new InvocationConfiguration
            {
                Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = CleanUp,
            });
        }
        catch (Exception failure) when (failure is ServerException or UsageException or HttpRequestException or IOException)
        {
            await error.WriteLineAsync("ingest-simulator: " + failure.Message);
            return NotTried;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("ingest-simulator: cancelled.");
            return NotTried;
        }
    }

    private SimulatorOptions Read(ParseResult parse)
    {
        var quick = parse.GetValue(_quick);
        var plan = new RunPlan
        {
            Seed = parse.GetValue(_seed),
            Days = Or(_days, 8),
            Tail = parse.GetValue(_tail),
            Soon = int.Min(parse.GetValue(_soon), parse.GetValue(_tail)),
            TicksPerDay = Or(_ticks, 12),
            ChunkSize = Or(_chunk, 60),
            HistoryDays = Or(_history, 40),
            InFlight = parse.GetValue(_inFlight),
        };
        var off = parse.GetValue(_rulesOff)!;
        return new SimulatorOptions(
            plan, Or(_devices, 24), Faults(parse.GetValue(_faults)!), !parse.GetValue(_alone),
            Given(parse, _server, _key, _workspace), Given(parse, _second, _secondKey, _secondWorkspace), parse.GetValue(_virtualClock),
            parse.GetValue(_service), off == "all" ? RuleNames.Every : off, parse.GetValue(_ablate), parse.GetValue(_format) == "json");

        int Or(Option<int> option, int ifQuick) => quick && parse.GetResult(option) is null or { Implicit: true } ? ifQuick : parse.GetValue(option);
    }

    private static List<FaultKind> Faults(string text) => text == "all"
        ? [.. FaultKind.All]
        : [.. text.Split(',').Select(name => FaultKind.Find(name)
            ?? throw new UsageException($"There is no fault \"{name}\", only {string.Join(", ", FaultKind.All.Select(fault => fault.Name))}."))];

    private static GivenAddress? Given(ParseResult parse, Option<string?> address, Option<string?> key, Option<string?> workspace)
    {
        if (parse.GetValue(address) is not { } text) return null;
        if (!Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var uri)) throw new UsageException($"{address.Name} is not an address: {text}");
        return new GivenAddress(
            uri,
            parse.GetValue(key) ?? throw new UsageException($"{address.Name} needs {key.Name}."),
            parse.GetValue(workspace) ?? throw new UsageException($"{address.Name} needs {workspace.Name}."));
    }

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
