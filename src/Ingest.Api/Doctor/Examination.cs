using System.Globalization;
using Ingest.Api.Configuration;
using Ingest.Api.Operator;
using Ingest.Domain;
using Ingest.Persistence.Backups;
using Ingest.Persistence.Cluster;
using Ingest.Persistence.Examination;
using Ingest.Persistence.Migrations;

namespace Ingest.Api.Doctor;

/// <summary>Looks at all a server needs. Changes nothing, except that a private cluster which is stopped is started for it and stopped again.</summary>
internal sealed class Examination(IngestSettings settings, TimeProvider time)
{
    private const long Mebibyte = 1024 * 1024;

    /// <summary>What Postgres writes ahead may take this much at once.</summary>
    private const long LeastFree = 1024 * Mebibyte;

    private const double LeastShare = 0.1;

    private static readonly TimeSpan WarnClock = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FailClock = TimeSpan.FromMinutes(5);

    public async Task<Diagnosis> RunAsync(CancellationToken cancellation)
    {
        var findings = new List<Finding> { Configuration() };
        findings.AddRange(await DatabaseAsync(cancellation));
        if (settings.ConnectionString is null) findings.Add(Disk());
        if (settings.PublicUrl is { } url) findings.AddRange(await PublicAddress.ExamineAsync(url, time, cancellation));
        return Diagnosis.Of(findings);
    }

    private Finding Configuration() =>
        settings.Development.IsInUse
            ? new Finding("configuration", Verdict.Fail, "Development:… is set: rules are off, or the clock is not the real one.", "Take these settings out; no real data may be stored with them.")
            : settings.PublicUrl is null
                ? new Finding("configuration", Verdict.Warn, "PublicUrl is not set: the certificate that devices see cannot be checked.", "Set it to the https address that devices use.")
                : new Finding("configuration", Verdict.Ok, "Every setting is valid.");

    private async Task<IReadOnlyList<Finding>> DatabaseAsync(CancellationToken cancellation)
    {
        try
        {
            if (settings.ConnectionString is null && !LocalCluster.Exists(settings.Embedded.Cluster))
                return [new Finding("database", Verdict.Warn, $"There is none yet in {settings.Embedded.Cluster.DataDirectory}.", "The first start of the service makes it; or set ConnectionStrings__Ingest.")];
            await using var session = await OperatorSession.OpenAsync(settings, time, cancellation);
            var facts = await session.Database.Examination.ExamineAsync(cancellation);
            return [Database(facts), Schema(facts), Clock(facts), .. Server(facts), await BackupAsync(session.Backups, cancellation)];
        }
        catch (StoreUnavailableException failure)
        {
            return [new Finding("database", Verdict.Fail, failure.Message, "See that it runs and is reached from here. Devices keep what they have to send until then.")];
        }
        catch (ClusterException failure)
        {
            return [new Finding("database", Verdict.Fail, failure.Message, $"See its log in {Path.Combine(settings.Embedded.Cluster.DataDirectory, "log")}.")];
        }
    }

    private static Finding Database(DatabaseFacts facts)
    {
        var what = string.Create(CultureInfo.InvariantCulture, $"PostgreSQL {facts.Version}, {facts.Encoding}, {(facts.Bytes + Mebibyte - 1) / Mebibyte} MiB.");
        return facts switch
        {
            { Major: < PostgresVersions.Oldest } => new Finding("database", Verdict.Fail, what, $"PostgreSQL {PostgresVersions.Oldest} or newer is needed."),
            { Encoding: not "UTF8" } => new Finding("database", Verdict.Fail, what, "It needs the encoding UTF8: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0."),
            { IsSuperuser: true } => new Finding("database", Verdict.Warn, what + " The service's account is a superuser.", "Give it an account that owns the database and nothing else: docs/operations.md."),
            _ => new Finding("database", Verdict.Ok, what),
        };
    }

    private static Finding Schema(DatabaseFacts facts) => facts.Schema.Status switch
    {
        SchemaStatus.Current => new Finding("schema", Verdict.Ok, "It is this version's."),
        SchemaStatus.Behind or SchemaStatus.Empty => new Finding("schema", Verdict.Fail, $"It lacks {string.Join(", ", facts.Schema.Migrations)}.", "ingest migrate"),
        SchemaStatus.Ahead => new Finding("schema", Verdict.Fail, $"A newer version made it ({string.Join(", ", facts.Schema.Migrations)}).", "Run that version or a newer one, or restore a backup of before."),
        _ => new Finding("schema", Verdict.Fail, $"It was made with another text of {string.Join(", ", facts.Schema.Migrations)}.", "Run the version that made it."),
    };

    private static Finding Clock(DatabaseFacts facts)
    {
        var (apart, text) = (facts.ClockAhead.Duration(), string.Create(CultureInfo.InvariantCulture, $"{facts.ClockAhead.TotalSeconds:0.0} s between the database's and this machine's."));
        const string remedy = "Let both follow a time server: days are closed, and devices judged, by this machine's clock.";
        return apart > FailClock ? new Finding("clock", Verdict.Fail, text, remedy) : apart > WarnClock ? new Finding("clock", Verdict.Warn, text, remedy) : new Finding("clock", Verdict.Ok, text);
    }

    private static IEnumerable<Finding> Server(DatabaseFacts facts)
    {
        if (facts.Server is not { } server) yield break;
        yield return server.ActiveKeys == 0
            ? new Finding("keys", Verdict.Fail, "There is none: every request is answered 503.", "ingest key create --workspace WS")
            : new Finding("keys", Verdict.Ok, $"{server.ActiveKeys} get in.");
        yield return server.HasSecondWall
            ? new Finding("wall", Verdict.Ok, "Row-level security stands behind the service's own statements.")
            : new Finding(
                "wall", Verdict.Warn, "Row-level security does not bind the service: only its own statements keep workspaces apart.",
                "Make the role of docs/operations.md, \"The second wall\", then: ingest migrate");
        if (server.MaintenanceSince is { } since)
            yield return new Finding("maintenance", Verdict.Warn, $"On since {since.UtcDateTime:yyyy-MM-dd HH:mm'Z'}: every request is answered 503.", "ingest maintenance off");
        yield return server.MissingDevices > 0
            ? new Finding("devices", Verdict.Warn, $"{server.MissingDevices} of {server.Devices} have not come back since a backup was restored.", "ingest device missing")
            : new Finding("devices", Verdict.Ok, $"{server.Devices}, and none is missing since a backup was restored.");
    }

    private static async Task<Finding> BackupAsync(DatabaseBackups backups, CancellationToken cancellation)
    {
        try
        {
            return new Finding("backup", Verdict.Ok, $"It can be taken, with {await backups.FindToolsAsync(cancellation)}. When the last one was is not known here.");
        }
        catch (BackupException failure)
        {
            return new Finding("backup", Verdict.Warn, failure.Message, "Or take backups beside the database: docs/operations.md.");
        }
    }

    private Finding Disk()
    {
        var folder = settings.Embedded.Cluster.DataDirectory;
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } parent) folder = parent;
        var drive = new DriveInfo(folder);
        var text = string.Create(CultureInfo.InvariantCulture, $"{drive.AvailableFreeSpace / Mebibyte} MiB of {drive.TotalSize / Mebibyte} are free under {settings.Embedded.Cluster.DataDirectory}.");
        const string remedy = "Make room or move Embedded__DataDirectory: a full disk is a 503 for every device.";
        return drive.AvailableFreeSpace < LeastFree ? new Finding("disk", Verdict.Fail, text, remedy)
            : drive.AvailableFreeSpace < drive.TotalSize * LeastShare ? new Finding("disk", Verdict.Warn, text, remedy)
            : new Finding("disk", Verdict.Ok, text);
    }
}
