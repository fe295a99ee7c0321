namespace Ingest.Api.Errors;

internal static class RefusalExtensions
{
    /// <summary>
    /// Adds to what this endpoint, or each one of a group, may answer instead of its success. The document of the API is made from these,
    /// and the tests hold every answer against it: a refusal that is not declared fails the test that meets it.
    /// </summary>
    public static TBuilder CanRefuse<TBuilder>(this TBuilder builder, params ProblemCode[] codes)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata([
            new Refusals(codes),
            .. codes.Select(code => code.Status).Distinct()
                .Select(status => new ProducesResponseTypeMetadata(status, typeof(ProblemDocument), [ProblemWriter.ContentType])),
        ]);
}
