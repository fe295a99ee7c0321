namespace Ingest.Api.Errors;

/// <summary>How an endpoint, or a filter in front of it, may refuse: declared where it is decided, for whoever describes the API.</summary>
internal sealed record Refusals(IReadOnlyList<ProblemCode> Codes);
