using Ingest.Api.Errors;
using Ingest.Api.Forms;
using Ingest.Domain.Validation;

namespace Ingest.Api.Rewinds;

/// <summary>What <c>POST /v1/ingest/rewind</c> asks for.</summary>
/// <param name="DeviceId">The one device; null is all of the workspace.</param>
/// <param name="From">From which day on; null is the beginning.</param>
/// <param name="Verify">Whether days are compared row by row, whatever their digests say.</param>
internal sealed record RewindOrder(string? DeviceId, DateOnly? From, bool Verify)
{
    public static FormShape Shape { get; } = new(
        "Which devices, and from which day on.",
        """{"device_id":"6513270e-269e-4d37-b2a7-4de452e6b438","from":"2026-05-01"}""",
        new FormField("device_id", FormKind.DeviceId, "The one device. Either this, or `all`."),
        new FormField("all", FormKind.Flag, "Every device of the workspace."),
        new FormField("from", FormKind.Day, "The first day to send again, in UTC, not after today. Left out: the beginning."),
        new FormField("verify", FormKind.Flag, "Compare days that come again row by row, whatever their digests say."))
    {
        NeedsBody = true,
    };

    /// <param name="form">Of that shape.</param>
    /// <param name="today">By the server's clock; no later day can be asked for.</param>
    /// <param name="order">What is asked for.</param>
    /// <returns>What is wrong with it, or null.</returns>
    public static Problem? Read(Form form, DateOnly today, out RewindOrder order)
    {
        order = new RewindOrder(form.Text("device_id"), form.Day("from"), form.Flag("verify"));
        if (order.From > today) return Form.Refusal("from", IssueCodes.OutOfRange, "Must not be after today.");
        if (form.Flag("all") != (order.DeviceId is not null)) return null;
        return order.DeviceId is null
            ? Form.Refusal("device_id", IssueCodes.Required, "Name one device as device_id, or say \"all\": true.")
            : Form.Refusal("all", IssueCodes.InvalidFormat, "device_id and all exclude each other.");
    }
}
