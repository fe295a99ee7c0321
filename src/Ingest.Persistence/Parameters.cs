using Npgsql;

namespace Ingest.Persistence;

/// <summary>Values of statements by their types. One that may be null says its type itself: Postgres could not tell it by the value.</summary>
internal static class Parameters
{
    public static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };

    public static NpgsqlParameter<string?> MaybeText(string? value) => new() { TypedValue = value, DataTypeName = "text" };

    public static NpgsqlParameter<Guid> Id(Guid value) => new() { TypedValue = value };

    public static NpgsqlParameter<DateOnly> Date(DateOnly value) => new() { TypedValue = value };

    public static NpgsqlParameter<DateTime> Instant(DateTimeOffset value) => new() { TypedValue = value.UtcDateTime };
}
