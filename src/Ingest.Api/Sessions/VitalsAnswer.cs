using Ingest.Domain.Ledger;

namespace Ingest.Api.Sessions;

/// <summary>How a session went, in each respect that devices judge.</summary>
/// <param name="ContextDrag">How much of what it read was carried along.</param>
/// <param name="CacheEfficiency">How much of what it read came from a cache.</param>
/// <param name="Thrashing">How much was done over and over.</param>
/// <param name="CostAcceleration">How fast its cost grew.</param>
internal sealed record VitalsAnswer(VitalAnswer ContextDrag, VitalAnswer CacheEfficiency, VitalAnswer Thrashing, VitalAnswer CostAcceleration)
{
    public static VitalsAnswer Of(StoredSession session) => new(
        new VitalAnswer(session.ContextDragState, session.ContextDragMetric),
        new VitalAnswer(session.CacheEfficiencyState, session.CacheEfficiencyMetric),
        new VitalAnswer(session.ThrashingState, session.ThrashingMetric),
        new VitalAnswer(session.CostAccelerationState, session.CostAccelerationMetric));
}
