using Ingest.Api.Errors;
using Ingest.Api.Forms;
using Ingest.Domain.Quarantine;
using Ingest.Domain.Validation;

namespace Ingest.Api.Quarantine;

/// <summary>Which rows a request is about: what is meant must not be guessed where rows are deleted.</summary>
internal static class SelectionOrder
{
    private const int MostIds = 400;

    public static FormShape Shape { get; } = new(
        "Which rows: `device_id`, and exactly one of `ids`, `code` and `all`.",
        """{"device_id":"6513270e-269e-4d37-b2a7-4de452e6b438","code":"negative"}""",
        new FormField("device_id", FormKind.DeviceId, "The device, as its envelopes name it.") { IsRequired = true },
        new FormField("ids", FormKind.Uuids, "These rows, as `GET /v1/ingest/quarantine` names them. One that is no longer there is passed over.") { Most = MostIds },
        new FormField("code", FormKind.Choice, "The rows that broke this rule.") { Words = [.. IssueCodes.All.Select(issue => issue.Code)] },
        new FormField("all", FormKind.Flag, "True: all rows of the device."));

    /// <summary>What stands in the place of a selection that was refused.</summary>
    public static readonly QuarantineSelection None = new("", [], null);

    /// <returns>What is wrong with the form, or null and the selection.</returns>
    public static Problem? Read(Form form, out QuarantineSelection selection)
    {
        var (ids, code) = (form.Uuids("ids"), form.Text("code"));
        selection = new QuarantineSelection(form.Text("device_id")!, ids, code);
        return (ids is null ? 0 : 1) + (code is null ? 0 : 1) + (form.Flag("all") ? 1 : 0) == 1
            ? null
            : Form.Refusal("", IssueCodes.InvalidFormat, "Say which rows: exactly one of ids, code and \"all\": true.");
    }
}
