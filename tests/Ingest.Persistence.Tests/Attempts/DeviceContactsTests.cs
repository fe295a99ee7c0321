using FsCheck;
using FsCheck.Fluent;
using Ingest.Domain.Health;
using Ingest.Domain.Ledger;
using Ingest.Domain.Privacy;
using Ingest.Persistence.Attempts;

namespace Ingest.Persistence.Tests.Attempts;

/// <summary>What is written behind, and when: without a database, since what matters is what is handed to it.</summary>
public sealed class DeviceContactsTests
{
    private static readonly DateTimeOffset Start = new(2026, 5, 14, 18, 30, 0, TimeSpan.Zero);
    private static readonly Guid Key = Guid.NewGuid();

    private readonly ManualTimeProvider _time = new(Start);

    /// <summary>However the writes go: done, failed, or done without an answer.</summary>
    [Fact]
    public void No_attempt_is_lost_and_none_is_counted_twice()
    {
        var steps = Gen.Choose(0, 99).Two().ListOf();
        Prop.ForAll(steps.ToArbitrary(), story =>
        {
            var time = new ManualTimeProvider(Start);
            var contacts = new DeviceContacts(time);
            var (rows, facts) = (new Dictionary<Guid, AttemptCount>(), new Dictionary<string, ContactFacts>(StringComparer.Ordinal));
            var last = new Dictionary<string, Guid>(StringComparer.Ordinal);
            var recorded = 0;

            void Write(bool everything, int fate)
            {
                var unwritten = contacts.Take(most: 3, everything);
                if (fate != 1)
                {
                    foreach (var count in unwritten.NewRows.Concat(unwritten.CountedOn)) rows[count.Row.Attempt.AttemptId] = count;
                    foreach (var fact in unwritten.Facts) facts[fact.DeviceId] = fact;
                }

                if (fate == 0) contacts.Wrote(unwritten);
                else contacts.NotWritten(unwritten);
            }

            foreach (var (what, which) in story)
            {
                time.Advance(TimeSpan.FromMilliseconds(what * 20));
                if (what < 70)
                {
                    var attempt = Attempt(time, $"d{which % 4}") with { HttpStatus = which % 20 == 0 ? 422 : 200 };
                    contacts.Attempted(attempt);
                    last[attempt.DeviceId] = attempt.AttemptId;
                    recorded++;
                }
                else
                {
                    Write(everything: false, which % 3);
                }
            }

            for (var i = 0; i <= story.Count; i++) Write(everything: true, fate: 0);
            contacts.Take(most: 3, everything: true).IsNone.ShouldBeTrue();
            rows.Values.Sum(row => row.Times).ShouldBe(recorded);
            facts.ToDictionary(fact => fact.Key, fact => fact.Value.LastAttempt.AttemptId, StringComparer.Ordinal).ShouldBe(last, ignoreOrder: true);
            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task Another_instance_is_never_behind_a_devices_clock_by_ten_seconds_of_it()
    {
        var contacts = new DeviceContacts(_time);
        await ArriveAsync(contacts, Start);
        Written(contacts).ShouldNotBeNull().Clock.Newest.ShouldBe(Start);
        await ArriveAsync(contacts, Start.AddSeconds(9));
        Written(contacts).ShouldBeNull();
        await ArriveAsync(contacts, Start.AddSeconds(10));
        Written(contacts).ShouldNotBeNull().Clock.Newest.ShouldBe(Start.AddSeconds(10));
    }

    [Fact]
    public async Task That_an_envelope_was_late_and_that_a_clock_was_set_back_is_written_at_once()
    {
        var contacts = new DeviceContacts(_time);
        await ArriveAsync(contacts, Start);
        Written(contacts).ShouldNotBeNull();
        await ArriveAsync(contacts, Start.AddMinutes(-5));
        Written(contacts).ShouldNotBeNull().Clock.LateStamp.ShouldBe(Start.AddMinutes(-5));
        _time.Advance(TimeSpan.FromMinutes(5));
        await ArriveAsync(contacts, Start);
        Written(contacts).ShouldNotBeNull().Clock.LateStamp.ShouldBeNull();
    }

    [Fact]
    public async Task A_contact_whose_client_left_before_its_answer_is_written_with_the_next_attempt()
    {
        var contacts = new DeviceContacts(_time);
        using (var lease = await contacts.EnterAsync(("ws", "d"), TestContext.Current.CancellationToken)) lease.Observe(Start, Start.AddSeconds(3), new LedgerPolicy());
        Written(contacts).ShouldBeNull();
        contacts.Attempted(Attempt(_time, "d"));
        Written(contacts).ShouldNotBeNull().Clock.Newest.ShouldBe(Start.AddSeconds(3));
    }

    [Fact]
    public void What_was_dropped_is_handed_out_until_it_is_written_and_then_no_more()
    {
        var contacts = new DeviceContacts(_time);
        var field = ForbiddenFields.Of("prompt")!;
        contacts.Attempted(Dropping(2));
        var first = contacts.Take(most: 10, everything: true);
        Told(first).ShouldBe([("ws", "d", "prompt", 2)]);
        contacts.Attempted(Dropping(3));
        contacts.NotWritten(first);
        var second = contacts.Take(most: 10, everything: true);
        Told(second).ShouldBe([("ws", "d", "prompt", 5)]);
        contacts.Wrote(second);
        contacts.Attempted(Attempt(_time, "d"));
        contacts.Take(most: 10, everything: true).Drops.ShouldBeEmpty();

        SyncAttempt Dropping(int times)
        {
            var dropped = new DroppedFields();
            dropped.Add(field, times);
            return Attempt(_time, "d") with { Dropped = dropped };
        }

        static IEnumerable<(string, string, string, long)> Told(UnwrittenContacts unwritten) =>
            unwritten.Drops.SelectMany(drops => drops.Counts()).Select(count => (count.WorkspaceId, count.DeviceId, count.Name, count.Times));
    }

    [Fact]
    public void Who_is_quiet_and_written_is_forgotten()
    {
        var contacts = new DeviceContacts(_time);
        contacts.Attempted(Attempt(_time, "d"));
        _time.Advance(TimeSpan.FromMinutes(20));
        var unwritten = contacts.Take(most: 10, everything: false);
        contacts.Peek("ws", "d").ShouldNotBeNull();
        contacts.Wrote(unwritten);
        _time.Advance(TimeSpan.FromMinutes(2));
        contacts.Take(most: 10, everything: false).IsNone.ShouldBeTrue();
        contacts.Peek("ws", "d").ShouldBeNull();
    }

    private static async Task ArriveAsync(DeviceContacts contacts, DateTimeOffset stamp)
    {
        using (var lease = await contacts.EnterAsync(("ws", "d"), TestContext.Current.CancellationToken)) lease.Observe(stamp > Start ? stamp : Start, stamp, new LedgerPolicy());
        contacts.Attempted(new SyncAttempt
        {
            WorkspaceId = "ws", DeviceId = "d", AttemptId = Guid.NewGuid(), KeyId = Key, ReceivedAt = Start, Duration = TimeSpan.Zero, HttpStatus = 200,
        });
    }

    /// <summary>What a flush at this moment would tell of the one device.</summary>
    private static ContactFacts? Written(DeviceContacts contacts)
    {
        var unwritten = contacts.Take(most: 10, everything: false);
        contacts.Wrote(unwritten);
        return unwritten.Facts.SingleOrDefault();
    }

    private static SyncAttempt Attempt(ManualTimeProvider time, string device) => new()
    {
        WorkspaceId = "ws", DeviceId = device, AttemptId = Guid.NewGuid(), KeyId = Key, ReceivedAt = time.GetUtcNow(), Duration = TimeSpan.Zero, HttpStatus = 200,
    };
}
