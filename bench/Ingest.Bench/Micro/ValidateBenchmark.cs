using BenchmarkDotNet.Attributes;
using FluentValidation.Results;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Validation;

namespace Ingest.Bench.Micro;

/// <summary>
/// What judging costs. Rows are checked while they are read, so their rules show in what it takes to read rows that all break one, beside those that
/// break none; the rules of the envelope run once for each shape of frame, not for each envelope.
/// </summary>
public class ValidateBenchmark
{
    private readonly EnvelopeFrameValidator _validator = new();
    private readonly SentBodies _good = new(days: 1, sessions: 5);
    private readonly SentBodies _bad = new(days: 1, sessions: 5);
    private readonly FrameShape _frame = new(
        DuplicateField: null, HasDeviceId: true, DeviceIdIsValid: true, FieldShape.Present, NamesWorkspace: true, FieldShape.Present, FieldShape.Present,
        FieldShape.Present, FieldShape.Present, FieldShape.Missing);

    [GlobalSetup]
    public void Setup() => _bad.Replace("\"message_count\": ", "\"message_count\": -");

    [Benchmark(Baseline = true)]
    public ParsedEnvelope GoodRows() => EnvelopeParser.Parse(_good.Next());

    [Benchmark]
    public ParsedEnvelope BadRows() => EnvelopeParser.Parse(_bad.Next());

    [Benchmark]
    public ValidationResult Frame() => _validator.Validate(_frame);
}
