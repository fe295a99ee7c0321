namespace Ingest.Api.Forms;

/// <summary>A body that says what to do: read and described from the one list of its fields. Other members than these are refused.</summary>
/// <param name="Description">What it is for.</param>
/// <param name="Example">A body, for the document.</param>
/// <param name="Fields">Its members.</param>
internal sealed record FormShape(string Description, string Example, params IReadOnlyList<FormField> Fields)
{
    /// <summary>Whether there has to be a body: not where every field may be left out, unless leaving all of them out says nothing.</summary>
    public bool NeedsBody { get; init; } = Fields.Any(field => field.IsRequired);

    public FormField? Find(string name) => Fields.FirstOrDefault(field => field.Name == name);
}
