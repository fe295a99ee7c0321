namespace Ingest.Api.OpenApi;

internal static class AnswersExtensions
{
    /// <summary>Says in the document what an answer of this status means.</summary>
    public static TBuilder Means<TBuilder>(this TBuilder builder, int status, string meaning, params AnswerExample[] examples)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new Answers(status, meaning, examples));
}
