using Ingest.Domain.Sessions;

namespace Ingest.Api.Sessions;

/// <summary>One session, with how it went.</summary>
/// <param name="Listed">As it was read.</param>
internal sealed record SessionDetailAnswer(ListedSession Listed) : SessionAnswer(Listed)
{
    /// <summary>How it went in each respect.</summary>
    public VitalsAnswer Vitals { get; } = VitalsAnswer.Of(Listed.Session);
}
