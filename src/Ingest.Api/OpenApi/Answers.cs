namespace Ingest.Api.OpenApi;

/// <summary>What an endpoint's own answer of this status means, with bodies to show.</summary>
internal sealed record Answers(int Status, string Meaning, IReadOnlyList<AnswerExample> Examples);
