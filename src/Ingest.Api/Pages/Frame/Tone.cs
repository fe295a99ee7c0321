namespace Ingest.Api.Pages.Frame;

/// <summary>How something is: each has a colour and a shape of its own, so that neither is needed to tell them apart.</summary>
public enum Tone
{
    Good,
    Notice,
    Warning,
    Bad,
    Neutral,
}
