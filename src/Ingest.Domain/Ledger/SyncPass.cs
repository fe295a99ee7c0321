using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Ledger;

/// <summary>
/// Where an envelope stands in its daemon's passes over its history, and what it is answered. A pass is one tick: all days after the
/// watermark, in order, in one or more envelopes. Whether an envelope goes on where the last one ended, or begins anew, is the only
/// sign there is that a daemon has gone back.
/// </summary>
internal sealed class SyncPass(DeviceProgress before, DateOnly begins, DateOnly latest, DateTimeOffset now, DateOnly openDay, DateOnly closedThrough, LedgerPolicy policy)
{
    private readonly DeviceProgress _before = before;
    private readonly List<EndedRewind> _ended = [];
    private bool _verifiesNext;

    public DeviceProgress Progress { get; private set; } = before;

    public IReadOnlyList<EndedRewind> Ended => _ended;

    /// <summary>The envelope names all days the device has between this one and its last, or null where that is not known.</summary>
    public DateOnly? CoversAfter { get; private set; }

    private DateOnly Today => Day.Of(now);

    /// <summary>
    /// What the daemon holds while this envelope's answer is on its way. At first contact that is whatever another server told it: what is
    /// later it has just sent.
    /// </summary>
    private DateOnly HeldDay => _before.Rewind switch
    {
        null => _before.ContinuesAfter ?? begins.AddDays(-1),
        var obeyed when _ended is [{ WasObeyed: true }, ..] => obeyed.From.AddDays(-1),
        var pending => pending.HeldDay,
    };

    private DateOnly Confirmable => WatermarkRule.Confirm(latest, closedThrough);

    /// <summary>Takes in where the envelope begins.</summary>
    public void Arrive()
    {
        if (Progress.ContinuesAfter is not { } continuesAfter)
        {
            MeetFirst();
            return;
        }

        if (begins > continuesAfter)
        {
            // Goes on: the daemon has nothing between the end of the last envelope and the beginning of this one.
            if (Progress.Rewind is null) CoversAfter = continuesAfter;
        }
        else if (Progress.Rewind is not { } rewind)
        {
            // Nobody asked for it: a reset, an import, or an answer that was lost. Whatever it was may have torn the history.
            LookAtAllBy(Today.AddDays(1));
        }
        else if (begins <= rewind.From || begins <= rewind.HeldDay)
        {
            CoversAfter = rewind.From == Day.Earliest ? DateOnly.MinValue : rewind.From.AddDays(-1);
            if (rewind.Verifies || (Progress.Gap is not null && rewind.From == Day.Earliest)) Progress = Progress with { VerifyFrom = rewind.From };
            End(rewind, wasObeyed: true);
        }
        else if (rewind.Unheeded + 1 >= policy.UnheededAnswers && policy.Applies(LedgerRules.GiveUp))
        {
            End(rewind, wasObeyed: false);
        }
        else
        {
            Progress = Progress with { Rewind = rewind with { Unheeded = rewind.Unheeded + 1 } };
        }
    }

    /// <summary>Asks for <paramref name="day"/> and all after it. What the daemon sends again anyway need not be asked for.</summary>
    public void Ask(DateOnly day, RewindReason reason, bool verifies = false)
    {
        if (day > (Progress.ConfirmedDay > Confirmable ? Progress.ConfirmedDay : Confirmable)) return;
        Progress = Progress with
        {
            Rewind = Progress.Rewind switch
            {
                // A rewind is named by its beginning within its device, and two may begin under one reading of the clock.
                null => new Rewind(day, _ended is [.., { Rewind.Since: var last }] && last >= now ? last.AddMicroseconds(1) : now, reason, 0, HeldDay, verifies),
                var pending when day < pending.From => pending with { From = day, Reason = reason, Verifies = pending.Verifies || verifies },
                var pending => pending with { Verifies = pending.Verifies || verifies },
            },
        };
    }

    /// <summary>A closed day that shrank may be one of many.</summary>
    public void Shrank() => LookAtAllBy(Today.AddDays(1));

    public void SawSharedId()
    {
        // Not with every envelope: this is a write, and the word holds for a day.
        if (!(now - Progress.SharedSeenAt < TimeSpan.FromHours(1))) Progress = Progress with { SharedSeenAt = now };
    }

    /// <summary>Gives out a look-back, or what an operator asked for, to a device that is at its head.</summary>
    /// <param name="mayLookBack">Whether the server can take one now.</param>
    /// <param name="next">When the device's next daily look-back is due.</param>
    /// <returns>Whether one was given out.</returns>
    public bool LookBack(bool mayLookBack, DateTimeOffset next)
    {
        if (Progress.LookBackAt is null) Progress = Progress with { LookBackAt = next, FullLookBackOn = Progress.FullLookBackOn ?? Today.AddDays(1) };
        if (!mayLookBack) return false;

        // One after the other: told within a rewind that the daemon has heard of, a lost answer could not be told from obedience.
        if (Progress is { Requested: { } request, Rewind: null })
        {
            Ask(request.From, RewindReason.Requested, request.Verifies);
            // Days that come anyway are compared from the next envelope on: this one has been judged.
            _verifiesNext = request.Verifies && Progress.Rewind is null;
            Progress = Progress with { Requested = null, VerifyFrom = _verifiesNext ? request.From : Progress.VerifyFrom };
            return true;
        }

        if (!policy.Applies(LedgerRules.LookBack) || Progress.Rewind is not null || now < Progress.LookBackAt || latest < openDay.AddDays(-1)) return false;
        var isFull = Today >= Progress.FullLookBackOn && policy.Applies(LedgerRules.FullLookBack);
        Ask(isFull ? Day.Earliest : Today.AddDays(-policy.LookBackDays), isFull ? RewindReason.FullLookBack : RewindReason.LookBack);
        Progress = Progress with { LookBackAt = next, FullLookBackOn = isFull ? Today.AddDays(policy.FullLookBackDays) : Progress.FullLookBackOn };
        return true;
    }

    /// <param name="isLate">A late envelope tells nothing of where its daemon is by now.</param>
    /// <returns>The watermark to answer.</returns>
    public DateOnly Answer(bool isLate)
    {
        var confirmed = policy.Applies(LedgerRules.ClosedWatermark) ? Confirmable : Later(latest, Progress.ConfirmedDay);
        var answer = WatermarkRule.Below(confirmed, Progress.Rewind);
        if (isLate) return answer;
        var isAtHead = Progress.Rewind is null && latest >= closedThrough && !_verifiesNext;
        Progress = Progress with
        {
            ConfirmedDay = Later(confirmed, Progress.ConfirmedDay),
            ContinuesAfter = Progress.Rewind is null ? answer : latest,
            VerifyFrom = isAtHead ? null : Progress.VerifyFrom,

            // From its beginning to its head: nothing can be missing any more.
            Gap = isAtHead && Progress.VerifyFrom == Day.Earliest ? null : Progress.Gap,
        };
        return answer;
    }

    private void MeetFirst()
    {
        LookAtAllBy(Today.AddDays(1));

        // After a restore everything is requested anyway, a bounded number of devices a minute: a whole fleet that meets a server anew must not come at once.
        if (Progress.Gap is null && begins >= openDay.AddDays(-policy.ShortHistoryDays) && policy.Applies(LedgerRules.FirstContact)) Ask(Day.Earliest, RewindReason.FirstContact);
    }

    private void LookAtAllBy(DateOnly day)
    {
        if (!(Progress.FullLookBackOn <= day)) Progress = Progress with { FullLookBackOn = day };
    }

    private void End(Rewind rewind, bool wasObeyed)
    {
        _ended.Add(new EndedRewind(rewind, now, wasObeyed));
        Progress = Progress with { Rewind = null };
    }

    private static DateOnly Later(DateOnly day, DateOnly? other) => other > day ? other.Value : day;
}
