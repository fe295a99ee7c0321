using Ingest.Api.Errors;

namespace Ingest.Api.Health;

internal static class ReadinessGate
{
    /// <summary>Before everything else of an endpoint: what is not ready must not judge keys or read bodies.</summary>
    public static TBuilder RequireReady<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder
            .CanRefuse(ProblemCode.Starting, ProblemCode.SchemaBehind, ProblemCode.SchemaForeign, ProblemCode.ShuttingDown, ProblemCode.StoreUnavailable)
            .AddEndpointFilterFactory(static (endpoint, next) =>
            {
                var server = endpoint.ApplicationServices.GetRequiredService<IServerReadiness>();
                return invocation => server.Current switch
                {
                    Readiness.Ready => next(invocation),
                    Readiness.DatabaseAway { WasReady: true } => next(invocation),
                    Readiness.Starting => Refuse(ProblemCode.Starting),
                    Readiness.SchemaBehind => Refuse(ProblemCode.SchemaBehind),
                    Readiness.SchemaForeign => Refuse(ProblemCode.SchemaForeign),
                    Readiness.Stopping => Refuse(ProblemCode.ShuttingDown),
                    _ => Refuse(ProblemCode.StoreUnavailable),
                };
            });

    private static ValueTask<object?> Refuse(ProblemCode code) => new(new ProblemResult(Problem.Of(code)));
}
