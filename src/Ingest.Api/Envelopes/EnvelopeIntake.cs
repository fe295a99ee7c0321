using System.Security.Cryptography;
using Ingest.Api.Attempts;
using Ingest.Api.Authentication;
using Ingest.Api.Bodies;
using Ingest.Api.Configuration;
using Ingest.Api.Errors;
using Ingest.Api.Limits;
using Ingest.Api.Telemetry;
using Ingest.Domain;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Health;
using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Domain.Validation;

namespace Ingest.Api.Envelopes;

/// <summary>Takes an envelope from the wire to its answer, and leaves one attempt behind whatever becomes of it.</summary>
internal sealed class EnvelopeIntake(
    EnvelopeAdmission admission, BodyReader bodies, RateLimit limit, IEnvelopeStore store, IAttemptLog attempts, EnvelopeCounters counters, IngestSettings settings,
    TimeProvider time)
{
    /// <summary>By which a client declares what follows from the rows it does not send.</summary>
    public const string CompleteByHeader = "Ingest-Complete-By";

    /// <summary>What good rows take for each byte of the shortest text that can name them.</summary>
    private const long MostPerByte = 4;

    /// <summary>What a row takes once it is read, however short its text: of bad rows that is two bytes.</summary>
    private const long RowBytes = 640;

    /// <param name="strict">The client would rather have nothing stored than a row left out.</param>
    public async Task<IntakeOutcome> ReceiveAsync(HttpContext context, bool strict)
    {
        var caller = context.Caller();
        var started = time.GetTimestamp();
        var attempt = new SyncAttempt
        {
            WorkspaceId = caller.WorkspaceId,
            DeviceId = "",
            AttemptId = context.AttemptId(),
            KeyId = caller.KeyId,
            ReceivedAt = Instant.ToMicroseconds(time.GetUtcNow()),
            Duration = TimeSpan.Zero,
            HttpStatus = StatusCodes.Status200OK,
        };

        IntakeOutcome outcome;
        try
        {
            outcome = await AdmitAsync(context, attempt, strict);
        }
        catch (BadHttpRequestException slow) when (slow.StatusCode == StatusCodes.Status408RequestTimeout)
        {
            outcome = new IntakeOutcome(attempt, Problem.Of(ProblemCode.RequestTimeout));
        }
        catch (Exception failure) when (failure is not OperationCanceledException and not IOException)
        {
            Record(new IntakeOutcome(attempt, Problem.Of(ProblemCode.Internal)), started);
            throw;
        }

        Record(outcome, started);
        return outcome;
    }

    private async Task<IntakeOutcome> AdmitAsync(HttpContext context, SyncAttempt attempt, bool strict)
    {
        var key = context.Caller().KeyId;
        if (!admission.TryEnter(key))
            return new IntakeOutcome(attempt, new Problem(ProblemCode.Overloaded, "Too many envelopes are on their way to the database. " + ProblemCode.Overloaded.Remedy));
        try
        {
            return await ReceiveAsync(context, attempt, strict);
        }
        finally
        {
            admission.Leave(key);
        }
    }

    private async Task<IntakeOutcome> ReceiveAsync(HttpContext context, SyncAttempt attempt, bool strict)
    {
        using var reads = IngestTrace.Stage("read body");
        var reading = await bodies.ReadAsync(context);
        reads?.Stop();
        if (reading.Body is null)
        {
            // The answer quotes the client's own headers back to it; they are not the contract's and are not kept (P9).
            return new IntakeOutcome(attempt, reading.Problem!) { Remembered = Problem.Of(reading.Problem!.Code).Detail };
        }

        // Kept to the end, for its place in the budget, and that of the rows that were read from it: they wait for the database.
        using var body = reading.Body;
        attempt = attempt with { BodyBytes = body.Content.Length };
        var held = MostPerByte * body.Content.Length;
        if (!body.TryHold(held)) return new IntakeOutcome(attempt, TooMuchInHand);
        using var parses = IngestTrace.Stage("parse envelope");
        var parsed = EnvelopeParser.Parse(body.Content.Span, settings.FreeText);
        parses?.Stop();
        attempt = attempt with { Dropped = parsed.Dropped };
        return parsed switch
        {
            ParsedEnvelope.Accepted accepted when !body.TryHold(RowBytes * RowsOf(accepted.Envelope) - held) => new IntakeOutcome(Describe(attempt, accepted.Envelope), TooMuchInHand),
            ParsedEnvelope.Accepted accepted => await TryJudgeAsync(context, accepted.Envelope, Describe(attempt, accepted.Envelope), strict),
            ParsedEnvelope.NotJson broken => new IntakeOutcome(attempt, new Problem(ProblemCode.InvalidJson, $"{broken.Issue.Message} Read up to {broken.Issue.Path}.")
            {
                Errors = [Error(broken.Issue)],
            }),
            ParsedEnvelope.UnsupportedVersion unsupported => new IntakeOutcome(
                attempt with { DeviceId = unsupported.DeviceId ?? "" }, new Problem(ProblemCode.UnsupportedSchemaVersion, unsupported.Sentence)),
            ParsedEnvelope.Invalid invalid => new IntakeOutcome(
                attempt with { DeviceId = invalid.DeviceId ?? "" },
                new Problem(ProblemCode.InvalidEnvelope, invalid.Issues[0].Message) { Errors = [.. invalid.Issues.Select(Error)] }),
            _ => throw new InvalidOperationException($"No answer for {parsed.GetType().Name}."),
        };
    }

    /// <summary>A database that is away is remembered of the device whose envelope it kept waiting.</summary>
    private async Task<IntakeOutcome> TryJudgeAsync(HttpContext context, Envelope envelope, SyncAttempt attempt, bool strict)
    {
        try
        {
            return await JudgeAsync(context, envelope, attempt, strict);
        }
        catch (StoreUnavailableException failure)
        {
            return new IntakeOutcome(attempt, Problem.Of(ProblemCode.StoreUnavailable)) { Cause = failure };
        }
    }

    private async Task<IntakeOutcome> JudgeAsync(HttpContext context, Envelope envelope, SyncAttempt attempt, bool strict)
    {
        var caller = context.Caller();
        if (envelope.WorkspaceId != caller.WorkspaceId)
        {
            // The attempt belongs to the key's workspace, but the device it names is not known to be one of that workspace.
            return new IntakeOutcome(
                attempt with { DeviceId = "" },
                new Problem(ProblemCode.WorkspaceMismatch, $"The envelope names another workspace than the key's, which is {caller.WorkspaceId}. {ProblemCode.WorkspaceMismatch.Remedy}"));
        }

        if (caller.BoundDeviceId is { } bound && bound != envelope.DeviceId)
        {
            // Nor is this device known to be one of the workspace.
            return new IntakeOutcome(
                attempt with { DeviceId = "" }, new Problem(ProblemCode.KeyBound, $"The key is for the device {bound} alone. {ProblemCode.KeyBound.Remedy}"))
            {
                Remembered = Problem.Of(ProblemCode.KeyBound).Detail,
            };
        }

        if (limit.CountRows(context, caller.KeyId, (int)RowsOf(envelope)) is { } tooMany) return new IntakeOutcome(attempt, tooMany);

        if (strict && envelope.Rejected.Count > 0)
        {
            return new IntakeOutcome(attempt, new Problem(
                ProblemCode.InvalidRows, $"{envelope.Rejected.Count} of the rows cannot be used, and Prefer: handling=strict was sent: nothing was stored.")
            {
                Errors = [.. envelope.Rejected.SelectMany(row => row.Issues).Select(Error)],
            });
        }

        if (envelope.UsableRows == 0 && envelope.Rejected.Count > 0)
        {
            // A daemon repeats what was refused and goes no further, so the second time the rows are put aside and it may go on.
            attempt = attempt with { RejectedDigest = DigestOf(envelope.Rejected) };
            if (!await attempts.WereRefusedBeforeAsync(caller.WorkspaceId, envelope.DeviceId, attempt.RejectedDigest, context.RequestAborted))
            {
                return new IntakeOutcome(attempt, new Problem(
                    ProblemCode.NoUsableRows, $"None of the {envelope.Rejected.Count} rows can be used; nothing was stored. Sent again unchanged, they are quarantined.")
                {
                    Errors = [.. envelope.Rejected.SelectMany(row => row.Issues).Select(Error)],
                });
            }
        }

        var received = new ReceivedEnvelope(envelope, caller, attempt.AttemptId, attempt.ReceivedAt, IsCompleteByDay(context.Request, caller));
        using var stage = IngestTrace.Stage("store envelope");
        return await store.StoreAsync(received, context.RequestAborted) switch
        {
            StoreResult.Stored stored => new IntakeOutcome(
                attempt with { Watermark = stored.Watermark, Counts = stored.Counts }, IngestAnswer.For(envelope, stored, attempt.AttemptId)),
            StoreResult.DeviceCapReached cap => new IntakeOutcome(attempt, new Problem(
                ProblemCode.DeviceCapReached, $"The workspace has {cap.Cap} devices, as many as it may. {ProblemCode.DeviceCapReached.Remedy}")),
            StoreResult.DevicePaused paused => new IntakeOutcome(attempt, new Problem(ProblemCode.DevicePaused, Because("The device is paused", paused.Reason, ProblemCode.DevicePaused))),
            StoreResult.DeviceRevoked revoked => new IntakeOutcome(attempt, new Problem(ProblemCode.DeviceRevoked, Because("The device was revoked", revoked.Reason, ProblemCode.DeviceRevoked))),

            // Deleted is deleted: the attempt remembers no more of the device than that there was one.
            StoreResult.DeviceDeleted => new IntakeOutcome(attempt with { DeviceId = "" }, Problem.Of(ProblemCode.DeviceDeleted)),
            StoreResult.QuarantineFull full => new IntakeOutcome(attempt, new Problem(
                ProblemCode.QuarantineFull, $"The device has {full.Cap} quarantined rows, as many as it may; nothing was stored. {ProblemCode.QuarantineFull.Remedy}")
            {
                Errors = [.. envelope.Rejected.SelectMany(row => row.Issues).Select(Error)],
            }),
            var other => throw new InvalidOperationException($"No answer for {other.GetType().Name}."),
        };
    }

    private void Record(IntakeOutcome outcome, long started)
    {
        var attempt = outcome.Attempt with
        {
            Duration = time.GetElapsedTime(started),
            HttpStatus = outcome.Problem?.Code.Status ?? StatusCodes.Status200OK,
            Code = outcome.Problem?.Code.Code,
            Detail = outcome.Remembered ?? outcome.Problem?.Detail,
        };
        counters.Count(attempt);
        attempts.Record(attempt);
    }

    private static bool IsCompleteByDay(HttpRequest request, Caller caller)
    {
        var declared = request.Headers[CompleteByHeader];
        return CompletenessRule.IsByDay(caller.CompleteBy, request.Headers.UserAgent, declared.Count == 0 ? null : declared.ToString());
    }

    private static SyncAttempt Describe(SyncAttempt attempt, Envelope envelope) => attempt with
    {
        DeviceId = envelope.DeviceId,
        SchemaVersion = envelope.SchemaVersion,
        SyncedAt = envelope.SyncedAt,
        Rollups = envelope.RollupCount,
        Sessions = envelope.Sessions.Count,
        Windows = envelope.Windows.Count,
        Counts = new RowCounts(0, 0, 0, envelope.Rejected.Count),
    };

    private static byte[] DigestOf(IReadOnlyList<RejectedRow> rows)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var row in rows)
        {
            hash.AppendData(row.QuarantineId.ToByteArray());
            hash.AppendData(SHA256.HashData(row.Raw.Span));
        }

        return hash.GetHashAndReset();
    }

    private static Problem TooMuchInHand { get; } = new(ProblemCode.Overloaded, "Too many rows are on their way to the database. " + ProblemCode.Overloaded.Remedy);

    private static string Because(string what, string? reason, ProblemCode code) => $"{what}{(reason is null ? "" : ": " + reason)}. {code.Remedy}";

    private static long RowsOf(Envelope envelope) => envelope.UsableRows + envelope.Rejected.Count;

    private static ProblemError Error(Issue issue) => new(issue.Path, issue.Code, issue.Message);
}
