using Ingest.Domain.Envelopes;
using Ingest.Domain.Privacy;
using Ingest.Testing;

namespace Ingest.Domain.Tests.Privacy;

public sealed class ForbiddenFieldTests
{
    [Theory]
    [InlineData("prompt", "prompt", "content")]
    [InlineData("userPrompt", "user_prompt", "content")]
    [InlineData("User-Email", "user_email", "email")]
    [InlineData("workspace_root", "workspace_root", "path")]
    [InlineData("raw_json", "raw_json", "raw_payload")]
    [InlineData("TAGS", "tags", "tag_value")]
    [InlineData("tool.args", "tool_args", "tool_argument")]
    [InlineData("pr\\u006fmpt", "prompt", "content")]
    public void A_name_is_counted_however_it_is_written(string written, string name, string kind) =>
        Dropped($"{{\"{written}\": 1}}").ShouldBe([(name, kind, 1)]);

    [Theory]
    [InlineData("prompted")]
    [InlineData("a_new_field_of_the_next_daemon")]
    [InlineData("")]
    [InlineData("p\\ud800rompt")]
    public void Other_names_are_passed_over(string written) => Dropped($"{{\"{written}\": 1}}").ShouldBeEmpty();

    [Fact]
    public void Names_are_counted_at_every_level_and_in_rows_good_and_bad()
    {
        const string Nested = """{"cwd": 1, "other": [{"cwd": {"tool_args": [1]}}]}""";
        var parsed = Parsing.AnEnvelope().Field("email", "\"x\"").Field("unknown", Nested)
            .Rollup(Parsing.Day, row => row.Raw("cwd", "1").Raw("prompt", Nested)).Rollup(Parsing.Day, row => row.Raw("message_count", "-1").Raw("prompt", "1"))
            .Session("s", row => row.Raw("raw_json", "{}")).Parse();

        Told(parsed).ShouldBe([("prompt", "content", 2), ("cwd", "path", 5), ("email", "email", 1), ("raw_json", "raw_payload", 1), ("tool_args", "tool_argument", 2)]);
        Told(Parsing.AnEnvelope().Field("payload", "1").Field("prompt", "1").Parse()).ShouldBe([("prompt", "content", 1)]);
    }

    [Fact]
    public void An_envelope_without_such_names_allocates_nothing_for_them()
    {
        Parsing.AnEnvelope().Rollup(Parsing.Day).Parse().Dropped.ShouldBeNull();
        var (plain, unknown) = (Parsing.AnEnvelope().Rollup(Parsing.Day).ToBytes(), Parsing.AnEnvelope().Rollup(Parsing.Day, row => row.Raw("unheard_of", "{\"a\": [1]}")).ToBytes());
        Allocated(plain);
        Allocated(unknown).ShouldBe(Allocated(plain));

        static long Allocated(byte[] body)
        {
            EnvelopeParser.Parse(body);
            var before = GC.GetAllocatedBytesForCurrentThread();
            EnvelopeParser.Parse(body);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void No_name_of_the_contract_is_forbidden_where_it_belongs()
    {
        foreach (var fields in new[] { RowFields.Envelope, RowFields.Payload, RowFields.Rollup, RowFields.Session, RowFields.Window })
        {
            for (var field = 0; field < fields.Count; field++)
            {
                if (fields[field] != "payload") ForbiddenFields.Recognise(fields.Utf8(field)).ShouldBeNull(fields[field]);
            }
        }

        foreach (var sample in Repository.Samples()) EnvelopeParser.Parse(File.ReadAllBytes(sample)).Dropped.ShouldBeNull(sample);
    }

    [Fact]
    public void Every_name_is_found_by_the_name_it_is_told_under()
    {
        foreach (var field in ForbiddenFields.All) ForbiddenFields.Of(field.Name).ShouldBeSameAs(field);
        ForbiddenFields.Of("no_such_name").ShouldBeNull();
    }

    private static IEnumerable<(string Name, string Kind, long Times)> Dropped(string row) => Told(Parsing.AnEnvelope().RawRollup(row).Parse());

    private static IEnumerable<(string Name, string Kind, long Times)> Told(ParsedEnvelope parsed) =>
        parsed.Dropped?.Counts().Select(count => (count.Field.Name, count.Field.Kind, count.Times)) ?? [];
}
