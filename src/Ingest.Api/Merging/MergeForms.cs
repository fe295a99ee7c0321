using Ingest.Api.Forms;
using Ingest.Domain.Merging;

namespace Ingest.Api.Merging;

/// <summary>The bodies of decisions about devices with several ids.</summary>
internal static class MergeForms
{
    public const string Into = "into";
    public const string As = "as";
    public const string Other = "other_device_id";

    private const string ExampleDevice = "0f8a4d52-7c1e-4b7a-9d7e-3a1c5b2e9f10";

    public static FormShape Merge { get; } = new(
        "As the preview was asked for.",
        $$"""{"into":"{{ExampleDevice}}","as":"continue"}""",
        new FormField(Into, FormKind.DeviceId, "The id that the device has now.") { IsRequired = true },
        new FormField(As, FormKind.Choice, "What becomes of the former id.") { IsRequired = true, Words = MergeKinds.Names });

    public static FormShape Distinct { get; } = new(
        "Which other device.",
        $$"""{"other_device_id":"{{ExampleDevice}}"}""",
        new FormField(Other, FormKind.DeviceId, "The other device.") { IsRequired = true });
}
