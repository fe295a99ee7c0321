using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Ingest.Api.Devices;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;
using Ingest.Domain.Sessions;

namespace Ingest.Api.Sessions;

/// <summary>One session with a tool, as its device summed it up. Instants are the device's, in UTC.</summary>
/// <param name="Listed">As it was read.</param>
internal record SessionAnswer([property: JsonIgnore] ListedSession Listed)
{
    /// <summary>The device it is of.</summary>
    public SendingDeviceAnswer Device => SendingDeviceAnswer.Of(Listed.Device);

    /// <summary>The tool's own id of it, unique within the device.</summary>
    public string SessionId => Session.SessionId;

    /// <summary>The tool.</summary>
    public string Provider => Session.Provider;

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt => Session.StartedAt;

    /// <summary>When something happened in it last, as the device said; one that goes on has it, too.</summary>
    public DateTimeOffset? EndedAt => Session.EndedAt;

    /// <summary>What lists are sorted by: `ended_at`, or `started_at` where there is none.</summary>
    public DateTimeOffset LastActiveAt => Listed.LastActiveAt;

    /// <summary>How long it took, where the device says so.</summary>
    public long? DurationMs => Session.DurationMs;

    /// <summary>The repository.</summary>
    public string? RepoId => Session.RepoId;

    /// <summary>The branch.</summary>
    public string? GitBranch => Session.GitBranch;

    /// <summary>The ticket that the branch names.</summary>
    public string? Ticket => Session.Ticket;

    /// <summary>How the ticket was found in the branch.</summary>
    public string? TicketSource => Session.TicketSource;

    /// <summary>Where the tool ran.</summary>
    public string Surface => Session.Surface;

    /// <summary>Messages of the assistant; rollups count every role.</summary>
    public long MessageCount => Session.MessageCount;

    /// <summary>Input tokens; those of caches are not in it.</summary>
    public long TotalInputTokens => Session.TotalInputTokens;

    /// <summary>Output tokens.</summary>
    public long TotalOutputTokens => Session.TotalOutputTokens;

    /// <summary>US cents as the device shows them, exact to 1/10000 cent.</summary>
    public decimal TotalCostCents => Money.ToCents(Session.TotalCost);

    /// <summary>The model with most tokens.</summary>
    public string? PrimaryModel => Session.PrimaryModel;

    /// <summary>What the tool called it.</summary>
    public string? Title => Session.Title;

    /// <summary>How it went on the whole.</summary>
    [AllowedValues(VitalStates.Green, VitalStates.Yellow, VitalStates.Red, null)]
    public string? VitalOverallState => Session.OverallState;

    /// <summary>The device's own stamp on the envelope that said so.</summary>
    public DateTimeOffset SyncedAt => Session.Order.SentAt;

    private StoredSession Session => Listed.Session;
}
