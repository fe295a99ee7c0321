namespace Ingest.Api.Forms;

/// <summary>One member of a body that says what to do.</summary>
/// <param name="Name">On the wire.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Description">For the document.</param>
internal sealed record FormField(string Name, FormKind Kind, string Description)
{
    public bool IsRequired { get; init; }

    /// <summary>The words of a choice.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Characters of a text, entries of a list.</summary>
    public int Most { get; init; } = 200;

    /// <summary>Of a number.</summary>
    public int Lowest { get; init; } = 1;

    /// <inheritdoc cref="Lowest"/>
    public int Highest { get; init; } = int.MaxValue;
}
