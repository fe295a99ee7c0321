using Ingest.Domain.Validation;

namespace Ingest.Domain.Envelopes;

/// <summary>Reading one row of each kind. The numbers of the cases are the places in <see cref="RowFields"/>.</summary>
internal ref partial struct EnvelopeReader
{
    /// <summary>What a blank surface or a window's blank provider is stored as.</summary>
    private const string Unknown = "unknown";

    private void ReadRollup(int start)
    {
        const int CostCents = 14, CostEffective = 15, CostIngested = 16;
        const uint KeyFields = (1u << 7) - 1;
        DateOnly? day = null;
        string role = "", provider = "", model = "", repo = "", branch = "", surface = Unknown;
        string? ticket = null, ticketSource = null;
        long messages = 0, input = 0, output = 0, cacheCreation = 0, cacheRead = 0;
        CostField plain = default, effective = default, ingested = default;
        var next = 0;
        while (NextField(ref next))
        {
            switch (_field)
            {
                case 0: day = DayField(); break;
                case 1: role = KeyField(EnvelopeLimits.Role); break;
                case 2: provider = KeyField(EnvelopeLimits.Provider); break;
                case 3: model = KeyField(EnvelopeLimits.Model); break;
                case 4: repo = KeyField(EnvelopeLimits.RepoId); break;
                case 5: branch = KeyField(EnvelopeLimits.GitBranch); break;
                case 6: surface = SurfaceField(); break;
                case 7: ticket = OptionalKeyField(EnvelopeLimits.Ticket); break;
                case 8: ticketSource = TicketSourceField(); break;
                case 9: messages = CountField(EnvelopeLimits.MessageCount); break;
                case 10: input = CountField(EnvelopeLimits.Tokens); break;
                case 11: output = CountField(EnvelopeLimits.Tokens); break;
                case 12: cacheCreation = CountField(EnvelopeLimits.Tokens); break;
                case 13: cacheRead = CountField(EnvelopeLimits.Tokens); break;
                case CostCents: plain = ReadCost(); break;
                case CostEffective: effective = ReadCost(); break;
                case CostIngested: ingested = ReadCost(); break;
                default: break;
            }
        }

        // The key is readable when none of its fields was found wanting so far, whatever else is wrong with the row.
        Require(0, 1, 2, 3, 4, 5);
        var keyIsReadable = day is not null && IsReadable(KeyFields);
        Require(9, 10, 11, 12, 13);

        // The newer field wins over the older one, which is then not looked at (C§1.2).
        long ingestedUnits = 0;
        if (Has(CostIngested)) ingestedUnits = JudgeCost(CostIngested, ingested);
        else if (Has(CostCents)) ingestedUnits = JudgeCost(CostCents, plain);
        else Require(CostIngested);
        var effectiveUnits = Has(CostEffective) ? JudgeCost(CostEffective, effective) : ingestedUnits;

        if (_issues is not null)
        {
            if (keyIsReadable) RejectRollup(start, new RollupKey(day!.Value, role, provider, model, repo, branch, surface));
            else Reject(start, day, null, null);
            return;
        }

        _draft.Rollups.Add(new DailyRollup
        {
            Key = new RollupKey(day!.Value, role, provider, model, repo, branch, surface),
            Ticket = ticket,
            TicketSource = ticketSource,
            MessageCount = messages,
            InputTokens = input,
            OutputTokens = output,
            CacheCreationTokens = cacheCreation,
            CacheReadTokens = cacheRead,
            CostIngested = ingestedUnits,
            CostEffective = effectiveUnits,
        });
    }

    private void RejectRollup(int start, RollupKey key) => Reject(start, key.BucketDay, key, QuarantineId.Of(key));

    private void ReadSession(int start)
    {
        const int TotalCost = 13;
        string id = "", provider = "";
        Sent<DateTimeOffset?> startedAt = default, endedAt = default;
        Sent<long?> duration = default;
        Sent<string> repo = default, branch = default, surface = default, ticket = default, ticketSource = default, model = default, title = default;
        Sent<string> dragState = default, cacheState = default, thrashingState = default, accelerationState = default, overallState = default;
        Sent<double?> dragMetric = default, cacheMetric = default, thrashingMetric = default, accelerationMetric = default;
        long messages = 0, input = 0, output = 0, cost = 0;
        var next = 0;
        while (NextField(ref next))
        {
            switch (_field)
            {
                case 0: id = KeyField(EnvelopeLimits.SessionId, isShared: false); break;
                case 1: provider = KeyField(EnvelopeLimits.Provider); break;
                case 2: startedAt = new(OptionalInstantField()); break;
                case 3: endedAt = new(OptionalInstantField()); break;
                case 4: duration = new(OptionalCountField(EnvelopeLimits.DurationMilliseconds)); break;
                case 5: repo = new(OptionalKeyField(EnvelopeLimits.RepoId)); break;
                case 6: branch = new(OptionalKeyField(EnvelopeLimits.GitBranch)); break;
                case 7: surface = new(SurfaceField()); break;
                case 8: ticket = new(OptionalKeyField(EnvelopeLimits.Ticket)); break;
                case 9: ticketSource = new(TicketSourceField()); break;
                case 10: messages = CountField(EnvelopeLimits.MessageCount); break;
                case 11: input = CountField(EnvelopeLimits.Tokens); break;
                case 12: output = CountField(EnvelopeLimits.Tokens); break;
                case TotalCost: cost = RequiredCostField(TotalCost); break;
                case 14: model = new(OptionalKeyField(EnvelopeLimits.Model)); break;
                case 15: title = new(TitleField()); break;
                case 16: dragState = new(VitalStateField()); break;
                case 17: dragMetric = new(VitalMetricField()); break;
                case 18: cacheState = new(VitalStateField()); break;
                case 19: cacheMetric = new(VitalMetricField()); break;
                case 20: thrashingState = new(VitalStateField()); break;
                case 21: thrashingMetric = new(VitalMetricField()); break;
                case 22: accelerationState = new(VitalStateField()); break;
                case 23: accelerationMetric = new(VitalMetricField()); break;
                case 24: overallState = new(VitalStateField()); break;
                default: break;
            }
        }

        Require(0);
        var keyIsReadable = IsReadable(1u);
        Require(1, 10, 11, 12, TotalCost);
        if (_issues is not null)
        {
            Reject(start, null, null, keyIsReadable ? QuarantineId.OfSession(id) : null);
            return;
        }

        _draft.Sessions.Add(new SessionSummary
        {
            SessionId = id,
            Provider = provider,
            StartedAt = startedAt,
            EndedAt = endedAt,
            DurationMs = duration,
            RepoId = repo,
            GitBranch = branch,
            Surface = surface,
            Ticket = ticket,
            TicketSource = ticketSource,
            MessageCount = messages,
            TotalInputTokens = input,
            TotalOutputTokens = output,
            TotalCost = cost,
            PrimaryModel = model,
            Title = title,
            ContextDragState = dragState,
            ContextDragMetric = dragMetric,
            CacheEfficiencyState = cacheState,
            CacheEfficiencyMetric = cacheMetric,
            ThrashingState = thrashingState,
            ThrashingMetric = thrashingMetric,
            CostAccelerationState = accelerationState,
            CostAccelerationMetric = accelerationMetric,
            OverallState = overallState,
        });
    }

    private void ReadWindow(int start)
    {
        const int StartedAt = 0, CostCents = 9, Provider = 12;
        DateTimeOffset? startedAt = null, endedAt = null;
        double minutes = 0, burnRate = 0;
        bool isActive = false, hitLimit = false;
        long messages = 0, input = 0, output = 0, cacheCreation = 0, cacheRead = 0, cost = 0;
        string provider = Unknown, surface = Unknown;
        var next = 0;
        while (NextField(ref next))
        {
            switch (_field)
            {
                case StartedAt: startedAt = InstantField(); break;
                case 1: endedAt = InstantField(); break;
                case 2: minutes = MeasureField(EnvelopeLimits.WindowMinutes); break;
                case 3: isActive = BooleanField(); break;
                case 4: messages = CountField(EnvelopeLimits.MessageCount); break;
                case 5: input = CountField(EnvelopeLimits.Tokens); break;
                case 6: output = CountField(EnvelopeLimits.Tokens); break;
                case 7: cacheCreation = CountField(EnvelopeLimits.Tokens); break;
                case 8: cacheRead = CountField(EnvelopeLimits.Tokens); break;
                case CostCents: cost = RequiredCostField(CostCents); break;
                case 10: burnRate = MeasureField(EnvelopeLimits.BurnRate); break;
                case 11: hitLimit = BooleanField(); break;
                case Provider: provider = WindowProviderField(); break;
                case 13: surface = SurfaceField(); break;
                default: break;
            }
        }

        Require(StartedAt, 1, 2, 4, 5, 6, 7, 8, CostCents, 10);
        if (_issues is not null)
        {
            Guid? id = startedAt is { } at && IsReadable(1u << Provider) ? QuarantineId.Of(new WindowKey(provider, at)) : null;
            Reject(start, null, null, id);
            return;
        }

        _draft.Windows.Add(new WindowSummary
        {
            Key = new WindowKey(provider, startedAt!.Value),
            EndedAt = endedAt!.Value,
            DurationMinutes = minutes,
            IsActive = isActive,
            HitRateLimit = hitLimit,
            MessageCount = messages,
            InputTokens = input,
            OutputTokens = output,
            CacheCreationTokens = cacheCreation,
            CacheReadTokens = cacheRead,
            Cost = cost,
            BurnRateCentsPerMinute = burnRate,
            Surface = surface,
        });
    }
}
