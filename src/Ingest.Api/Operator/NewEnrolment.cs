using System.Text.Json.Serialization;
using Ingest.Persistence.Enrolments;

namespace Ingest.Api.Operator;

/// <summary>The answer of <c>device enroll</c>: the only place a code is ever shown.</summary>
/// <param name="Code">What the device's person redeems.</param>
/// <param name="Enrolment">What the list shows of it.</param>
/// <param name="Endpoint">Where it is redeemed, where that is configured.</param>
internal sealed record NewEnrolment(
    string Code, ListedEnrolment Enrolment, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Endpoint);
