using System.Buffers;
using System.IO.Compression;
using Ingest.Api.Errors;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Ingest.Api.Bodies;

/// <summary>Reads a JSON request body whole: type and encoding checked, decompressed, bounded in bytes, in time and by the common budget.</summary>
internal sealed class BodyReader(BodyLimits limits, BodyBudget budget, TimeProvider time)
{
    /// <summary>A length the client only claims is worth this much memory before its bytes arrive.</summary>
    private const int MostTrusted = 1024 * 1024;

    private const int MostShort = 16 * 1024;

    /// <summary>How a body may be refused, by this reader or by the server under it.</summary>
    public static ProblemCode[] Refusals { get; } =
    [
        ProblemCode.NoBody, ProblemCode.InvalidContentEncoding, ProblemCode.BadRequest, ProblemCode.RequestTimeout, ProblemCode.BodyTooLarge,
        ProblemCode.UnsupportedMediaType, ProblemCode.UnsupportedContentEncoding, ProblemCode.Overloaded,
    ];

    /// <summary>A reader of bodies that say what to do, beside those that carry data.</summary>
    public BodyReader ForShort() => new(limits with { Bytes = Math.Min(limits.Bytes, MostShort), TooLargeRemedy = "This address takes short bodies only." }, budget, time);

    /// <exception cref="BadHttpRequestException">The body broke off, or came below Kestrel's minimum rate.</exception>
    public async ValueTask<BodyReading> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.ContentLength == 0 || context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
            return Problem.Of(ProblemCode.NoBody);
        if (CheckType(request) is { } wrongType)
            return wrongType;
        if (!TryGetEncoding(request, out var encoding))
            return WrongEncoding(request);

        if (request.ContentLength > limits.Bytes)
        {
            // Who asks before sending has sent nothing yet: the answer alone saves the transfer.
            if (request.Headers.Expect.Count == 0)
                await DrainAsync(context);
            else
                context.Response.Headers.Connection = "close";
            return TooLarge();
        }

        var wire = new WireStream(request.Body, limits.Bytes);
        var buffer = new PooledBuffer(budget);
        var kept = false;
        try
        {
            var refusal = await FillAsync(buffer, wire, encoding, request.ContentLength, context.RequestAborted);
            if (refusal is not null)
            {
                if (refusal.Code == ProblemCode.BodyTooLarge)
                    await DrainAsync(context);
                return refusal;
            }

            var content = buffer.Filled;
            if (content.IsEmpty)
            {
                // A stream cut within its own header ends like an empty one.
                return encoding == Encoding.Identity ? Problem.Of(ProblemCode.NoBody) : BrokenEncoding(request);
            }

            kept = true;
            return new ReadBody(buffer, content, wire.BytesRead);
        }
        catch (BodyTooLargeException)
        {
            await DrainAsync(context);
            return TooLarge();
        }
        catch (IOException failure) when (failure is not (BadHttpRequestException or ConnectionResetException))
        {
            // So the server reports the size of a chunk that no number can hold, and it is no fault of ours.
            context.Response.Headers.Connection = "close";
            return Problem.Of(ProblemCode.BadRequest);
        }
        catch (Exception failure) when (failure is InvalidDataException || (failure is InvalidOperationException && encoding == Encoding.Brotli))
        {
            // The brotli decoder of the framework knows no better type for garbage.
            return BrokenEncoding(request);
        }
        finally
        {
            if (!kept)
                buffer.Dispose();
        }
    }

    private async ValueTask<Problem?> FillAsync(PooledBuffer buffer, WireStream wire, Encoding encoding, long? claimed, CancellationToken cancellation)
    {
        await using var source = encoding switch
        {
            Encoding.Gzip => new GZipStream(wire, CompressionMode.Decompress, leaveOpen: true),
            Encoding.Brotli => new BrotliStream(wire, CompressionMode.Decompress, leaveOpen: true),
            _ => (Stream)wire,
        };
        var started = time.GetTimestamp();
        // One byte more than claimed, so that the read which finds the end has room.
        var hint = encoding == Encoding.Identity ? (int)Math.Min((claimed ?? 0) + 1, MostTrusted) : 0;

        while (buffer.Length < limits.Bytes)
        {
            if (buffer.Free.IsEmpty && !buffer.TryGrow(hint))
                return new Problem(ProblemCode.Overloaded, "Too many large bodies are being received at once. " + ProblemCode.Overloaded.Remedy);

            var most = Math.Min(buffer.Free.Length, limits.Bytes - buffer.Length);
            var read = await source.ReadAsync(buffer.Free[..most], cancellation);
            if (read == 0)
                return null;
            buffer.Advance(read);
            // Between reads is often enough: Kestrel's minimum rate ends a read that brings nothing.
            if (time.GetElapsedTime(started) > limits.Time)
            {
                return new Problem(
                    ProblemCode.RequestTimeout, $"The body took longer than {limits.Time.TotalSeconds:0} s. {ProblemCode.RequestTimeout.Remedy}");
            }
        }

        // Exactly the limit: only one more byte tells whether it is the end, and it must not cost an array twice as large.
        var beyond = new byte[1];
        return await source.ReadAsync(beyond, cancellation) == 0 ? null : TooLarge();
    }

    /// <summary>
    /// Closing on a client that is still writing resets the connection and takes the answer with it, so the client sees a network error
    /// and repeats the same body for ever. What exceeds these bounds is cut off all the same.
    /// </summary>
    private async ValueTask DrainAsync(HttpContext context)
    {
        // Through the pipe, whose waiting read can be called off and leaves it usable: Kestrel reads on after the answer, and a read
        // that was merely abandoned would make it log an error of its own for each such client.
        var rest = context.Request.BodyReader;
        using var deadline = new CancellationTokenSource(limits.DrainTime, time);
        await using var callOff = deadline.Token.Register(rest.CancelPendingRead);
        try
        {
            var left = limits.DrainBytes;
            while (left > 0)
            {
                var read = await rest.ReadAsync(context.RequestAborted);
                left -= read.Buffer.Length;
                rest.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    return;
                if (read.IsCanceled)
                    break;
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException)
        {
            // Too slow, or gone: the answer is the same, and it is about the size.
        }

        context.Response.Headers.Connection = "close";
    }

    private static Problem? CheckType(HttpRequest request)
    {
        // As nearly every client writes it, and nothing to be taken apart.
        if (request.ContentType is "application/json" or "application/json; charset=utf-8")
            return null;
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
            && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        var found = string.IsNullOrEmpty(request.ContentType) ? "no Content-Type" : $"'{Shortened(request.ContentType)}'";
        return new Problem(ProblemCode.UnsupportedMediaType, $"The body came with {found}. {ProblemCode.UnsupportedMediaType.Remedy}");
    }

    private static bool TryGetEncoding(HttpRequest request, out Encoding encoding)
    {
        encoding = Encoding.Identity;
        var header = request.Headers.ContentEncoding;
        if (header.Count == 0)
            return true;
        if (header.Count > 1)
            return false;

        var name = header.ToString().Trim();
        if (name.Equals("gzip", StringComparison.OrdinalIgnoreCase) || name.Equals("x-gzip", StringComparison.OrdinalIgnoreCase))
            encoding = Encoding.Gzip;
        else if (name.Equals("br", StringComparison.OrdinalIgnoreCase))
            encoding = Encoding.Brotli;
        else
            return name.Length == 0 || name.Equals("identity", StringComparison.OrdinalIgnoreCase);
        return true;
    }

    private static Problem WrongEncoding(HttpRequest request) => new(
        ProblemCode.UnsupportedContentEncoding,
        $"Content-Encoding '{Shortened(request.Headers.ContentEncoding.ToString())}' is not accepted. {ProblemCode.UnsupportedContentEncoding.Remedy}");

    private static Problem BrokenEncoding(HttpRequest request) => new(
        ProblemCode.InvalidContentEncoding,
        $"The body is not a whole {request.Headers.ContentEncoding} stream with something in it. {ProblemCode.InvalidContentEncoding.Remedy}");

    private Problem TooLarge() => new(
        ProblemCode.BodyTooLarge, $"A body may have at most {limits.Bytes} bytes, as sent and once decompressed. {limits.TooLargeRemedy}");

    private static string Shortened(string text) => text.Length <= 80 ? text : text[..80] + "…";

    private enum Encoding
    {
        Identity,
        Gzip,
        Brotli,
    }
}
