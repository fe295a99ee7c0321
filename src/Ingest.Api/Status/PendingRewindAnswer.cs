namespace Ingest.Api.Status;

/// <summary>A rewind that the device is being told: the watermarks of its answers stay below the day.</summary>
/// <param name="From">The first day it shall send, <c>YYYY-MM-DD</c> in UTC.</param>
/// <param name="Reason"><c>changed</c>: a closed day arrived changed. <c>late</c>: a day that differs came too late to be stored. <c>requested</c>: a person asked. <c>first_contact</c>: the device brought next to no history. <c>look_back</c>: the daily look at the last weeks. <c>full_look_back</c>: the look at everything.</param>
/// <param name="Since">When it was first told.</param>
/// <param name="UnheededAnswers">How often it was told and did not go back.</param>
/// <param name="Verify">Whether what comes is compared row by row.</param>
internal sealed record PendingRewindAnswer(DateOnly From, string Reason, DateTimeOffset Since, int UnheededAnswers, bool Verify);
