using System.ComponentModel.DataAnnotations;
using Ingest.Domain.Envelopes;

namespace Ingest.Api.Sessions;

/// <summary>How a session went in one respect; nothing where the device did not say.</summary>
/// <param name="State">The verdict.</param>
/// <param name="Metric">The number behind it.</param>
internal sealed record VitalAnswer(
    [property: AllowedValues(VitalStates.Green, VitalStates.Yellow, VitalStates.Red, null)] string? State, double? Metric);
