using System.Security.Cryptography;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Validation;

namespace Ingest.Domain.Ledger;

/// <summary>
/// Decides what an envelope changes, from what it says and what the database holds. The same decision is taken twice: once without
/// a lock, to see that nothing changes and nothing need be locked, and once under the device's lock.
/// </summary>
public static class EnvelopePlanner
{
    /// <param name="clock">The device's clock after this envelope was observed.</param>
    /// <param name="isLate">Whether it came after one that was sent later.</param>
    public static EnvelopePlan Plan(Envelope envelope, StoredState stored, DeviceClock clock, bool isLate, DateTimeOffset now, int graceDays)
    {
        var sentAt = envelope.SyncedAt ?? Instant.ToMicroseconds(now);
        var order = new EnvelopeOrder(clock.Epoch, sentAt);
        var (changed, unchanged, superseded) = (0, 0, 0);

        bool MayWrite(EnvelopeOrder? before) => before is null || (!isLate && order >= before);

        var days = new List<(DaySnapshot, LedgerDay?)>();
        foreach (var day in envelope.Days)
        {
            var before = stored.Days.GetValueOrDefault(day.Day);
            if (before is not null && before.Digest == day.Digest)
            {
                unchanged += day.Rows.Length;
            }
            else if (!MayWrite(before?.Order))
            {
                superseded += day.Rows.Length;
            }
            else
            {
                changed += day.Rows.Length;
                days.Add((day, before));
            }
        }

        var sessions = new List<StoredSession>();
        foreach (var sent in envelope.Sessions)
        {
            var before = stored.Sessions.GetValueOrDefault(sent.SessionId);
            var after = StoredSession.After(sent, before, order);
            if (after.TellsTheSameAs(before))
            {
                unchanged++;
            }
            else if (!MayWrite(before?.Order))
            {
                superseded++;
            }
            else
            {
                changed++;
                sessions.Add(after);
            }
        }

        var windows = new List<StoredWindow>();
        foreach (var sent in envelope.Windows)
        {
            var before = stored.Windows.GetValueOrDefault(sent.Key);
            if (before is not null && before.Summary == sent)
            {
                unchanged++;
            }
            else if (!MayWrite(before?.Order))
            {
                superseded++;
            }
            else
            {
                changed++;
                windows.Add(new StoredWindow(sent, order));
            }
        }

        var quarantine = new List<RejectedRow>();
        var newlyQuarantined = 0;
        foreach (var row in envelope.Rejected)
        {
            var known = stored.Quarantined.TryGetValue(row.QuarantineId, out var kept);
            if (known && (isLate || SHA256.HashData(row.Raw.Span).AsSpan().SequenceEqual(kept))) continue;
            newlyQuarantined += known ? 0 : 1;
            quarantine.Add(row);
        }

        var released = new List<Guid>();
        if (!isLate && stored.Quarantined.Count > 0)
        {
            // A key that is named good and bad at once stays: released now, it would be quarantined again by the next repeat.
            var stillBad = envelope.Rejected.Select(row => row.QuarantineId).ToHashSet();
            foreach (var row in envelope.UsableRowNames())
            {
                if (stored.Quarantined.ContainsKey(row) && !stillBad.Contains(row)) released.Add(row);
            }
        }

        var watermark = WatermarkRule.Confirm(envelope.LatestDay, WatermarkRule.ClosedThrough(now, sentAt, graceDays));
        var device = new DeviceState(
            IsRegistered: true,
            isLate ? stored.Device.Label : envelope.Label.Or(stored.Device.Label),
            Math.Max(clock.Epoch, stored.Device.ClockEpoch),
            watermark > (stored.Device.ConfirmedDay ?? DateOnly.MinValue) ? watermark : stored.Device.ConfirmedDay,
            stored.Device.QuarantinedRows + newlyQuarantined - released.Count);

        return new EnvelopePlan
        {
            Order = order,
            Device = device,
            DeviceChanges = device != stored.Device,
            Days = days,
            Sessions = sessions,
            Windows = windows,
            Quarantine = quarantine,
            NewlyQuarantined = newlyQuarantined,
            Released = released,
            Counts = new RowCounts(changed, unchanged, superseded, envelope.Rejected.Count),
            Watermark = watermark,
        };
    }
}
