namespace Ingest.Api.Pages.Frame;

/// <summary>What went wrong.</summary>
/// <param name="Title">In a few words.</param>
/// <param name="Detail">And what to do.</param>
/// <param name="AttemptId">Where the log of the server knows more.</param>
public sealed record ProblemModel(string Title, string Detail, Guid? AttemptId);
