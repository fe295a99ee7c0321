using System.Text.RegularExpressions;
using Ingest.Domain.Health;

namespace Ingest.Domain.Tests.Health;

public sealed partial class RemedyRuleTests
{
    private static readonly RemedyTarget Target = new("ws_mobile", "dev_ada", "ada");

    /// <summary>All that a stock daemon's own command line is asked for; <c>cloud init</c> would send the key to another server.</summary>
    private static readonly string[] DaemonCommands = ["budi cloud status", "budi cloud sync", "budi cloud sync --format json", "budi cloud reset"];

    public static IEnumerable<(string What, Remedy Remedy)> All()
    {
        foreach (var state in Enum.GetValues<SyncState>()) yield return ($"{state}", Of(Fleets.Facts(state)));
        foreach (var code in RemedyRule.Codes.Append("one_to_come").Append(null))
        {
            foreach (var state in new[] { SyncState.Failing, SyncState.Never })
                yield return ($"{state} {code}", Of(Fleets.Facts(state) with { FailingSince = Fleets.Now.AddHours(-1), LastHttpStatus = 422, LastCode = code }));
        }

        foreach (var state in new[] { SyncState.Late, SyncState.Silent }) yield return ($"{state}, its key is revoked", Of(Fleets.Facts(state), Revoked));
        foreach (var concern in Enum.GetValues<ConcernKind>()) yield return ($"{concern}", RemedyRule.Of(concern, Target));
    }

    private static LastKey Revoked => new("budi_Wv7sjs36", Fleets.Now.AddDays(-2), null);

    [Fact]
    public void Every_state_every_refusal_and_every_concern_has_a_remedy()
    {
        foreach (var (what, remedy) in All())
        {
            remedy.Summary.ShouldEndWith(".", customMessage: what);
            if (what is not ("Healthy" or "GoneDays")) remedy.Steps.ShouldNotBeEmpty(what);
            foreach (var step in remedy.Steps) step.Text.ShouldNotBeNullOrWhiteSpace(what);
        }
    }

    [Fact]
    public void Only_commands_that_exist_are_named_and_each_by_who_can_give_it()
    {
        foreach (var (what, remedy) in All())
        {
            foreach (var step in remedy.Steps.Where(step => step.Command is not null))
            {
                if (step.By == RemedyParty.Device) DaemonCommands.ShouldContain(step.Command!, what);
                else step.Command.ShouldStartWith("ingest ", customMessage: what);
            }

            foreach (var named in remedy.Steps.SelectMany(step => BudiCommand().Matches(step.Text)).Select(match => match.Value))
                named.ShouldBe("budi cloud init", what);
        }
    }

    [Fact]
    public void A_key_that_has_ended_is_the_first_thing_to_look_at_of_a_device_that_is_quiet()
    {
        foreach (var state in new[] { SyncState.Late, SyncState.Silent })
        {
            var remedy = Of(Fleets.Facts(state), Revoked);
            remedy.Summary.ShouldContain("needs a new key");
            remedy.Steps[0].Command.ShouldBe("ingest device enroll --workspace ws_mobile --person ada --device dev_ada");
            remedy.Steps[^1].Text.ShouldContain("Restart");
        }

        Of(Fleets.Facts(SyncState.Late), new LastKey("budi_Wv7sjs36", null, Fleets.Now.AddDays(1))).Summary.ShouldNotContain("key");
    }

    [Fact]
    public void Whoever_is_refused_for_a_fault_of_the_server_is_not_sent_to_the_keyboard()
    {
        foreach (var code in new[] { "store_unavailable", "internal", "maintenance", "schema_behind" })
        {
            var remedy = Of(Fleets.Facts(SyncState.Failing) with { LastCode = code });
            remedy.Steps.Where(step => step.By == RemedyParty.Device).ShouldAllBe(step => step.Text.StartsWith("Nothing:"));
            remedy.Steps.ShouldContain(step => step.By == RemedyParty.Operator);
        }
    }

    [Theory]
    [InlineData("ada", "ada")]
    [InlineData("Ada L.", "'Ada L.'")]
    [InlineData("o'hara; rm -rf ~", @"'o'\''hara; rm -rf ~'")]
    [InlineData("--help", "'--help'")]
    [InlineData("$(id)", "'$(id)'")]
    public void A_command_takes_people_as_they_are_called(string person, string quoted) =>
        (Target with { Person = person }).EnrolAnother.ShouldBe($"ingest device enroll --workspace ws_mobile --person {quoted}");

    private static Remedy Of(DeviceFacts facts, LastKey? key = null)
    {
        var status = Fleets.Healthy with { Facts = facts, LastKey = key };
        return RemedyRule.Of(status, SyncHealth.Of(facts, Fleets.Now), Target, Fleets.Now);
    }

    [GeneratedRegex("budi (?:cloud|db|pricing|init) ?[a-z]*", RegexOptions.None, 1000)]
    private static partial Regex BudiCommand();
}
