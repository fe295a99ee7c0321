using System.Text;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Validation;
using Ingest.Testing.Envelopes;

namespace Ingest.Domain.Tests;

/// <summary>From the text of a test to what became of it.</summary>
internal static class Parsing
{
    public const string Workspace = "ws_0123456789abcdef";

    public static readonly DateOnly Day = new(2026, 5, 12);

    public static EnvelopeBuilder AnEnvelope() => EnvelopeBuilder.For(Workspace);

    public static ParsedEnvelope Parse(string body) => EnvelopeParser.Parse(Encoding.UTF8.GetBytes(body));

    public static ParsedEnvelope Parse(this EnvelopeBuilder builder) => EnvelopeParser.Parse(builder.ToBytes());

    public static Envelope Accept(this EnvelopeBuilder builder) => Accept(builder.ToBytes());

    public static Envelope Accept(byte[] body) => EnvelopeParser.Parse(body).ShouldBeOfType<ParsedEnvelope.Accepted>().Envelope;

    public static IReadOnlyList<Issue> Refuse(this EnvelopeBuilder builder) => builder.Parse().ShouldBeOfType<ParsedEnvelope.Invalid>().Issues;

    public static DailyRollup OnlyRollup(this Envelope envelope)
    {
        envelope.Rejected.ShouldBeEmpty();
        return envelope.Days.ShouldHaveSingleItem().Rows.ToArray().ShouldHaveSingleItem();
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
