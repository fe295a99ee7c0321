using Ingest.Api.Queries;
using Microsoft.Net.Http.Headers;

namespace Ingest.Api.Tests.Queries;

public sealed class EntityTagTests
{
    private static readonly EntityTagHeaderValue Tag = new("\"abc\"");

    [Theory]
    [InlineData("\"abc\"", true)]
    [InlineData("W/\"abc\"", true)]
    [InlineData("*", true)]
    [InlineData("\"x\", W/\"y\", \"abc\"", true)]
    [InlineData("\"x\",\"y\"", false)]
    [InlineData("\"ABC\"", false)]
    [InlineData("abc", false)]
    [InlineData("", false)]
    public void If_None_Match_is_read_as_the_standard_says(string header, bool matches) => EntityTags.Matches(header, Tag).ShouldBe(matches);

    [Fact]
    public void Several_headers_are_one_list()
    {
        EntityTags.Matches(new(["\"x\"", "\"abc\""]), Tag).ShouldBeTrue();
        EntityTags.Matches(default, Tag).ShouldBeFalse();
    }
}
