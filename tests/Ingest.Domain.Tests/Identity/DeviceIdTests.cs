using Ingest.Domain.Identity;

namespace Ingest.Domain.Tests.Identity;

public sealed class DeviceIdTests
{
    [Theory]
    [InlineData("6F9619FF-8B86-D011-B42D-00CF4FC964FF", "6f9619ff-8b86-d011-b42d-00cf4fc964ff")]
    [InlineData("6f9619ff-8b86-d011-b42d-00cf4fc964ff", "6f9619ff-8b86-d011-b42d-00cf4fc964ff")]
    [InlineData("dev_8f3A", "dev_8f3A")]
    [InlineData("Laptop.of:Ann-1", "Laptop.of:Ann-1")]
    [InlineData("GF9619FF-8B86-D011-B42D-00CF4FC964FF", "GF9619FF-8B86-D011-B42D-00CF4FC964FF")]
    [InlineData("6F9619FF8B86D011B42D00CF4FC964FF", "6F9619FF8B86D011B42D00CF4FC964FF")]
    [InlineData("6F9619FF-8B86-D011-B42D-0x00CF4FC964", "6F9619FF-8B86-D011-B42D-0x00CF4FC964")]
    public void A_uuid_is_folded_to_lower_case_and_anything_else_kept_as_sent(string sent, string stored)
    {
        DeviceId.TryNormalise(sent, out var deviceId).ShouldBeTrue();
        deviceId.ShouldBe(stored);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("dev 1")]
    [InlineData("dev/1")]
    [InlineData("dev_é")]
    [InlineData("dev_1\n")]
    [InlineData("{6f9619ff-8b86-d011-b42d-00cf4fc964ff}")]
    public void What_is_no_device_id_is_refused(string? sent)
    {
        DeviceId.TryNormalise(sent, out var deviceId).ShouldBeFalse();
        deviceId.ShouldBeNull();
    }

    [Fact]
    public void An_id_has_at_most_128_characters()
    {
        DeviceId.TryNormalise(new string('d', 128), out _).ShouldBeTrue();
        DeviceId.TryNormalise(new string('d', 129), out _).ShouldBeFalse();
    }
}
