using Ingest.Domain.Identity;

namespace Ingest.Domain.Tests.Identity;

public sealed class WorkspaceIdTests
{
    [Fact]
    public void A_generated_id_has_the_contracts_shape_and_is_valid()
    {
        var id = WorkspaceId.Generate();

        id.ShouldMatch("^ws_[A-Za-z0-9_-]{16}$");
        WorkspaceId.IsValid(id).ShouldBeTrue();
        WorkspaceId.Generate().ShouldNotBe(id, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("ws_AbCdEf-_01234567", true)]
    [InlineData("org_2x9Kd81", true)]
    [InlineData("a", true)]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("ws 1", false)]
    [InlineData("ws_é", false)]
    [InlineData("ws_1\n", false)]
    [InlineData("ws.1", false)]
    public void Ids_are_made_of_letters_digits_underscore_and_hyphen(string? id, bool valid) => WorkspaceId.IsValid(id).ShouldBe(valid);

    [Fact]
    public void An_id_has_at_most_64_characters()
    {
        WorkspaceId.IsValid(new string('a', 64)).ShouldBeTrue();
        WorkspaceId.IsValid(new string('a', 65)).ShouldBeFalse();
    }
}
