using Ingest.Api.Queries;
using Ingest.Api.Usage;
using Ingest.Domain.Reconciliation;
using Ingest.Domain.Usage;

namespace Ingest.Api.Pages.Usage;

/// <summary>
/// What the forms of the page send beside the parameters of an address. People name the last day that they want, and addresses the day behind it, so that
/// a form is answered with the address that it means.
/// </summary>
internal static class UsageForm
{
    public const string Through = "through";
    public const string Filter = "filter";
    public const string Value = "value";

    /// <summary>Devices and members are chosen where they are named: nobody types their ids.</summary>
    public static readonly IReadOnlyList<(UsageDimension Dimension, string Name)> Filters =
        [.. UsageNames.Filters.Where(filter => filter.Dimension is not (UsageDimension.Device or UsageDimension.Member))];

    /// <returns>Null where no form was sent.</returns>
    public static UsageAddress? Read(QueryReader query, IQueryCollection parameters, UsageAddress address)
    {
        if (!parameters.ContainsKey(Through) && !parameters.ContainsKey(Filter)) return null;
        if (query.OptionalDay(Through) is { } through) address = address.Over(address.Question.Range with { To = through < DateOnly.MaxValue ? through.AddDays(1) : through });
        var value = parameters[Value].ToString().Trim();
        if (query.OptionalChoice(Filter, Filters) is { } dimension && (value.Length > 0 || dimension == UsageDimension.Ticket)) address = address.With(dimension, value);
        return address;
    }
}
