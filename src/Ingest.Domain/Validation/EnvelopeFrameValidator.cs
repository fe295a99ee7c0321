using FluentValidation;
using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Validation;

/// <summary>The envelope without its rows. Rules stand in the order the contract checks them (C§1.5); names are the wire's.</summary>
public sealed class EnvelopeFrameValidator : AbstractValidator<FrameShape>
{
    /// <summary>Stands for whichever field stood twice; the issue's path names that field.</summary>
    internal const string Duplicate = "duplicate";

    public EnvelopeFrameValidator()
    {
        RuleFor(frame => frame.DuplicateField)
            .Null().WithErrorCode(IssueCodes.DuplicateField).WithMessage(frame => $"{frame.DuplicateField} stands twice.")
            .OverridePropertyName(Duplicate);

        RuleFor(frame => frame.HasDeviceId)
            .Equal(true).WithErrorCode(IssueCodes.Required).WithMessage("Missing or invalid device_id")
            .OverridePropertyName("device_id");

        RuleFor(frame => frame.DeviceIdIsValid)
            .Equal(true).When(frame => frame.HasDeviceId).WithErrorCode(IssueCodes.InvalidFormat)
            .WithMessage($"device_id must be 1 to {EnvelopeLimits.DeviceId} characters of A-Z a-z 0-9 . _ : -")
            .OverridePropertyName("device_id");

        RuleFor(frame => frame.NamesWorkspace)
            .Equal(true).When(frame => frame.WorkspaceId is FieldShape.Present or FieldShape.Missing or FieldShape.Null)
            .WithErrorCode(IssueCodes.Required).WithMessage("Missing or invalid workspace_id")
            .OverridePropertyName("workspace_id");

        RuleFor(frame => frame.WorkspaceId)
            .NotEqual(FieldShape.WrongType).WithErrorCode(IssueCodes.WrongType).WithMessage("workspace_id must be a string")
            .OverridePropertyName("workspace_id");

        RuleFor(frame => frame.SyncedAt)
            .NotEqual(FieldShape.WrongType).WithErrorCode(IssueCodes.InvalidTimestamp)
            .WithMessage("synced_at must be an RFC 3339 timestamp between 1970 and 9999")
            .OverridePropertyName("synced_at");

        RuleFor(frame => frame.Payload).Cascade(CascadeMode.Stop)
            .NotEqual(FieldShape.Missing).WithErrorCode(IssueCodes.Required).WithMessage("Missing payload")
            .Equal(FieldShape.Present).WithErrorCode(IssueCodes.WrongType).WithMessage("payload must be an object")
            .OverridePropertyName("payload");

        When(frame => frame.Payload == FieldShape.Present, () =>
        {
            RuleFor(frame => frame.DailyRollups)
                .Equal(FieldShape.Present).WithErrorCode(IssueCodes.WrongType).WithMessage("payload.daily_rollups must be an array")
                .OverridePropertyName("payload.daily_rollups");

            RuleFor(frame => frame.SessionSummaries)
                .Equal(FieldShape.Present).WithErrorCode(IssueCodes.WrongType).WithMessage("payload.session_summaries must be an array")
                .OverridePropertyName("payload.session_summaries");

            RuleFor(frame => frame.WindowSummaries)
                .Must(shape => shape is FieldShape.Present or FieldShape.Missing).WithErrorCode(IssueCodes.WrongType)
                .WithMessage("payload.window_summaries must be an array")
                .OverridePropertyName("payload.window_summaries");
        });
    }
}
