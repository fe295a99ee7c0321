namespace Ingest.Api.OpenApi;

/// <summary>A body as the document shows it.</summary>
/// <param name="Name">Which one of the answer's examples.</param>
/// <param name="Summary">What it shows, in one line.</param>
/// <param name="File">Its file among the embedded examples, without ending.</param>
internal sealed record AnswerExample(string Name, string Summary, string File);
