using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using System.Text.Json;
using Ingest.Api.Configuration;
using Ingest.Api.Doctor;
using Ingest.Api.Enrolments;
using Ingest.Api.Reconciliation;
using Ingest.Domain;
using Ingest.Domain.Envelopes;
using Ingest.Persistence.Backups;
using Ingest.Persistence.Cluster;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Migrations;

namespace Ingest.Api.Operator;

/// <summary>The command line: <c>serve</c> runs the service, every other verb does one thing to its database and ends.</summary>
internal sealed class OperatorCommand(TextWriter output, TextWriter error, IConfiguration? configured = null, TimeProvider? clock = null, TextReader? input = null)
{
    private static readonly OperatorJson Json = VerbRunner.Json;

    /// <summary>For a verb that is interrupted to leave nothing unfinished behind. Left out it would be two seconds, and then the end of the process.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(60);

    private readonly VerbRunner _verbs = new(input ?? Console.In, output, configured, clock ?? TimeProvider.System);

    /// <summary>Runs what the arguments ask for and returns the exit code. Nothing escapes as a stack trace that an operator could have caused.</summary>
    /// <param name="arguments">As the process got them; with no verb they are those of <c>serve</c>.</param>
    /// <param name="serve">Runs the service until it is stopped.</param>
    public async Task<int> RunAsync(string[] arguments, Func<string[], Task<int>> serve)
    {
        if (arguments is [] || (arguments[0].StartsWith('-') && arguments[0] is not ("--help" or "-h" or "-?" or "--version")))
            arguments = ["serve", .. arguments];

        var format = OutputFormat.Text;
        try
        {
            var parse = Build(serve, arguments).Parse(arguments);
            if (parse.Errors.Count > 0)
            {
                format = AskedFor(arguments);
                return await FailAsync(format, ExitCode.Usage, Problems(parse));
            }

            format = parse.GetValue(_verbs.Format);
            return await parse.InvokeAsync(new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = IsServe(parse) ? null : StopPatience,
            });
        }
        catch (InvalidConfigurationException failure)
        {
            return await FailAsync(format, ExitCode.Usage, failure.Problems);
        }
        catch (Exception failure) when (failure is InvalidDataException or FormatException)
        {
            // An address that is none, or appsettings.json that is not JSON: there the outer text names the file, the inner one the line.
            return await FailAsync(format, ExitCode.Usage, [$"{failure.Message} {failure.InnerException?.Message}".TrimEnd()]);
        }
        catch (Exception failure) when (failure
            is IdentityException or MigrationException or ClusterException or BackupException or StoreUnavailableException or IOException or UnauthorizedAccessException)
        {
            return await FailAsync(format, ExitCode.Failed, [failure.Message]);
        }
        catch (OperationCanceledException)
        {
            return await FailAsync(format, ExitCode.Failed, ["Cancelled."]);
        }
    }

    /// <summary>The host of the service handles signals itself, and takes the time it needs: what is accepted is answered, and the private cluster stopped.</summary>
    private static bool IsServe(ParseResult parse) => parse.CommandResult.Command.Name == "serve";

    /// <summary>Where a verb is missing or misspelt, the parser's own words name neither what was typed nor what there is.</summary>
    private static IReadOnlyList<string> Problems(ParseResult parse)
    {
        var command = parse.CommandResult.Command;
        if (command.Subcommands.Count == 0) return [.. parse.Errors.Select(one => one.Message)];

        var known = string.Join(", ", command.Subcommands.Select(one => one.Name));
        var path = command is RootCommand ? "" : command.Name + " ";
        return parse.UnmatchedTokens is [var word, ..]
            ? [$"There is no verb \"{path}{word}\", only {path}{known}. See --help."]
            : [$"\"{path.TrimEnd()}\" wants one more word: {known}. See --help."];
    }

    private RootCommand Build(Func<string[], Task<int>> serve, string[] arguments)
    {
        var root = new RootCommand("Ingest: receives the daily usage rollups of device daemons and keeps them in Postgres.")
        {
            Serve(serve, arguments), Migrate(), new WorkspaceVerbs(_verbs).Build(), new MemberVerbs(_verbs).Build(), new KeyVerbs(_verbs).Build(), Devices(),
            new EnrolmentVerbs(_verbs).Build(), new InviteVerbs(_verbs).Build(), new AuditVerbs(_verbs).Build(), new PageVerbs(_verbs).Build(), Maintenance(), Backup(), Restore(), Doctor(),
        };
        root.Options.Add(_verbs.Format);
        return root;
    }

    private static Command Serve(Func<string[], Task<int>> serve, string[] arguments)
    {
        var command = new Command("serve", "Run the service (also with no verb). Takes settings as options, and --urls http://127.0.0.1:8080.")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        // The parser's view of foreign options is not the host's; the host gets the words as they were typed.
        string[] rest = [.. arguments.Skip(1)];
        command.SetAction(_ => HostArguments.Check(rest) is { } problem ? throw new InvalidConfigurationException([problem]) : serve(rest));
        return command;
    }

    private Command Migrate()
    {
        var command = new Command("migrate", "Bring the database to the schema of this version.");
        _verbs.Set(
            command,
            async (_, session, cancellation) => new MigrationOutcome(await session.Database.MigrateAsync(cancellation)),
            Json.MigrationOutcome,
            OperatorTexts.Of);
        return command;
    }

    private Command Devices()
    {
        var id = new Argument<string?>("ID") { Description = "The device, as its envelopes name it.", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "All devices." };
        var workspace = new Option<string?>("--workspace") { Description = "Only devices of this workspace." };
        var from = new Option<DateOnly?>("--from") { HelpName = "YYYY-MM-DD", Description = "The first day to send again. Left out: the beginning.", CustomParser = ReadDay };
        var verify = new Option<bool>("--verify") { Description = "Compare what comes again row by row, whatever the digests say." };
        var rewind = new Command("rewind", "Ask devices to send again, a bounded number of them a minute.") { id, all, workspace, from, verify };
        rewind.Validators.Add(parse =>
        {
            if (parse.GetValue(all) == (parse.GetValue(id) is not null)) parse.AddError("Name one device, or --all.");
        });
        _verbs.Set(
            rewind,
            (parse, session, cancellation) => session.Database.Rewinds.RequestAsOperatorAsync(
                parse.GetValue(workspace), parse.GetValue(id), parse.GetValue(from), parse.GetValue(verify), cancellation),
            Json.RequestedRewinds,
            OperatorTexts.Of);

        var of = new Argument<string>("ID") { Description = id.Description };
        var version = new Argument<Guid>("VERSION") { Description = "The change to undo: version_id in GET /v1/ingest/changes.", CustomParser = ReadVersion };
        var home = new Option<string?>("--workspace") { Description = "The device's workspace, where its id stands in several." };
        var restore = new Command("restore", "Put back what a closed day of a device held before a change.") { of, version, home };
        _verbs.Set(
            restore,
            async (parse, session, cancellation) => RestoreAnswer.Of(await session.Database.Restores.RestoreAsOperatorAsync(
                parse.GetValue(home), parse.GetValue(of)!, parse.GetValue(version), cancellation)),
            Json.RestoreAnswer,
            OperatorTexts.Of);

        var only = new Option<string?>("--workspace") { Description = workspace.Description };
        var missing = new Command("missing", "Show which devices have not sent again all they have since a backup was restored.") { only };
        _verbs.Set(
            missing,
            async (parse, session, cancellation) => new MissingList(await session.Database.Missing.ListAsync(parse.GetValue(only), cancellation)),
            Json.MissingList,
            OperatorTexts.Of);
        var devices = new Command("device", "Devices: what syncs.") { rewind, restore, missing };
        foreach (var verb in new DeviceVerbs(_verbs).Build()) devices.Subcommands.Add(verb);
        devices.Subcommands.Add(new EnrolmentVerbs(_verbs).Enroll());
        foreach (var verb in new MergeVerbs(_verbs).Build()) devices.Subcommands.Add(verb);
        return devices;
    }

    private DateOnly? ReadDay(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (!Day.TryParse(Encoding.UTF8.GetBytes(text), out var day)) result.AddError($"'{text}' is no day as YYYY-MM-DD, from 1970-01-01 on.");
        else if (day > Day.Of(_verbs.Time.GetUtcNow())) result.AddError($"{text} is after today.");
        else return day;
        return null;
    }

    private static Guid ReadVersion(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (!Guid.TryParseExact(text, "D", out var version)) result.AddError($"'{text}' is no version_id of a change.");
        return version;
    }

    private Command Maintenance()
    {
        var command = new Command("maintenance", "Answer every request 503 while you work; devices try again by themselves.");
        foreach (var on in new[] { true, false })
        {
            var verb = new Command(on ? "on" : "off", on ? "Begin." : "End.");
            _verbs.Set(
                verb,
                (_, session, cancellation) => session.Database.Setup.SetMaintenanceAsync(on, cancellation),
                Json.MaintenanceState,
                OperatorTexts.Of);
            command.Subcommands.Add(verb);
        }

        return command;
    }

    private Command Backup()
    {
        var file = new Argument<string>("FILE") { Description = "Where to put it; it appears when it is whole." };
        var replace = new Option<bool>("--replace") { Description = "Replace a file of this name." };
        var backup = new Command("backup", "Write the whole database, as it is at one moment, into a file. The service goes on meanwhile.") { file, replace };
        _verbs.Set(
            backup,
            (parse, session, cancellation) => session.Backups.TakeAsync(parse.GetValue(file)!, parse.GetValue(replace), cancellation),
            Json.TakenBackup,
            OperatorTexts.Of);
        return backup;
    }

    private Command Restore()
    {
        var file = new Argument<string?>("FILE") { Description = "A backup.", Arity = ArgumentArity.ZeroOrOne };
        var done = new Option<bool>("--done") { Description = "The database was restored by other means, such as a snapshot: do only what has to follow." };
        var replace = new Option<bool>("--replace") { Description = "The database may hold data, which is lost." };
        var open = new Option<bool>("--open") { Description = "Answer requests at once: no key was made or changed after the backup." };
        var restore = new Command("restore", "Bring a backup back. The server stays in maintenance until you end it, and every device is asked for what it has.")
        {
            file, done, replace, open,
        };
        restore.Validators.Add(parse =>
        {
            if (parse.GetValue(done) == (parse.GetValue(file) is not null)) parse.AddError("Name one file, or --done.");
        });
        _verbs.Set(
            restore,
            async (parse, session, cancellation) =>
            {
                var restored = parse.GetValue(file) is { } path
                    ? await session.Backups.RestoreAsync(path, parse.GetValue(replace), cancellation)
                    : await session.Backups.MarkAsync(cancellation);
                var migrated = await session.Database.MigrateAsync(cancellation);
                if (parse.GetValue(open)) await session.Database.Setup.SetMaintenanceAsync(false, cancellation);
                return new RestoreOutcome(restored, migrated, !parse.GetValue(open));
            },
            Json.RestoreOutcome,
            OperatorTexts.Of);
        return restore;
    }

    private Command Doctor()
    {
        var doctor = new Command("doctor", "Look at all the server needs: configuration, database, schema, clock, disk, certificate. Ends with 0, 3 where something should be looked at, or 1.");
        doctor.SetAction(async (parse, cancellation) =>
        {
            var diagnosis = await new Examination(_verbs.ReadSettings(), _verbs.Time).RunAsync(cancellation);
            await _verbs.WriteAsync(parse, diagnosis, Json.Diagnosis, OperatorTexts.Of);
            return diagnosis.Verdict switch { Verdict.Ok => ExitCode.Done, Verdict.Warn => ExitCode.Warned, _ => ExitCode.Failed };
        });
        return doctor;
    }

    private async Task<int> FailAsync(OutputFormat format, int exitCode, IReadOnlyList<string> problems)
    {
        if (format == OutputFormat.Json)
        {
            await error.WriteLineAsync(JsonSerializer.Serialize(new VerbFailure(string.Join(' ', problems), problems), Json.VerbFailure));
            return exitCode;
        }

        foreach (var problem in problems)
            await error.WriteLineAsync("ingest: " + problem);
        return exitCode;
    }

    /// <summary>A command line that does not parse may still have said how it wants to be told so.</summary>
    private static OutputFormat AskedFor(string[] arguments) =>
        string.Join(' ', arguments).Contains("--format json", StringComparison.OrdinalIgnoreCase)
        || arguments.Contains("--format=json", StringComparer.OrdinalIgnoreCase)
            ? OutputFormat.Json
            : OutputFormat.Text;
}
