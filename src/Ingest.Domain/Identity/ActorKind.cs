namespace Ingest.Domain.Identity;

/// <summary>How somebody came in who did something.</summary>
public enum ActorKind
{
    /// <summary>With a key of the workspace.</summary>
    Key,

    /// <summary>By a verb on the server, or its configuration.</summary>
    Operator,

    /// <summary>With the code of an enrolment, the token of an invite, or the link of a sign-in.</summary>
    Code,
}
