using Ingest.Domain.Identity;

namespace Ingest.Persistence.Audit;

/// <summary>How it stands in the <c>actor_kind</c> column of <c>audit_log</c>.</summary>
internal static class ActorKindColumn
{
    public static string Write(ActorKind kind) => kind switch
    {
        ActorKind.Key => "key",
        ActorKind.Operator => "operator",
        ActorKind.Code => "code",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind."),
    };

    public static ActorKind Read(string text) => text switch
    {
        "key" => ActorKind.Key,
        "operator" => ActorKind.Operator,
        "code" => ActorKind.Code,
        _ => throw new ArgumentOutOfRangeException(nameof(text), text, "No such kind; this build is older than the database."),
    };
}
