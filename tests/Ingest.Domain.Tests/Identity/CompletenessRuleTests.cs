using Ingest.Domain.Identity;

namespace Ingest.Domain.Tests.Identity;

public sealed class CompletenessRuleTests
{
    [Theory]
    [InlineData("ureq/2.9.7", true)]
    [InlineData("ureq/", true)]
    [InlineData("Ureq/2.9.7", false)]
    [InlineData("my-ureq/2.9.7", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_client_that_declares_nothing_is_complete_by_day_only_as_a_stock_daemon(string? userAgent, bool isByDay) =>
        CompletenessRule.IsByDay(Completeness.Auto, userAgent, null).ShouldBe(isByDay);

    [Theory]
    [InlineData("day", true)]
    [InlineData(" Day ", true)]
    [InlineData("row", false)]
    [InlineData("", false)]
    [InlineData("week", false)]
    [InlineData("day,day", false)]
    public void What_is_declared_goes_before_the_name_and_any_other_word_is_the_harmless_one(string declared, bool isByDay)
    {
        CompletenessRule.IsByDay(Completeness.Auto, "ureq/2.9.7", declared).ShouldBe(isByDay);
        CompletenessRule.IsByDay(Completeness.Auto, null, declared).ShouldBe(isByDay);
    }

    [Theory]
    [InlineData("ureq/2.9.7", "row")]
    [InlineData("curl/8.5.0", "day")]
    [InlineData(null, null)]
    public void What_is_set_for_the_key_goes_before_everything(string? userAgent, string? declared)
    {
        CompletenessRule.IsByDay(Completeness.Day, userAgent, declared).ShouldBeTrue();
        CompletenessRule.IsByDay(Completeness.Row, userAgent, declared).ShouldBeFalse();
    }
}
