using Ingest.Domain.Devices;
using Ingest.Persistence.Envelopes;
using Npgsql;

namespace Ingest.Persistence.Devices;

/// <summary>The devices of listed rows.</summary>
internal static class SendingDevices
{
    /// <summary>As <see cref="Read"/> takes them.</summary>
    public const string Fields = "t.device_id, d.name, d.label, d.owner_user_id, u.name";

    /// <summary>Of rows that are read <c>AS t</c>.</summary>
    public const string Join = """
        JOIN devices AS d ON d.workspace_id = t.workspace_id AND d.device_id = t.device_id
        JOIN users AS u ON u.workspace_id = d.workspace_id AND u.user_id = d.owner_user_id
        """;

    /// <param name="row">A row of the reader.</param>
    /// <param name="first">The column of the device's id; the others are those behind it.</param>
    public static SendingDevice Read(NpgsqlDataReader row, int first) =>
        new(row.GetString(first), row.TextAt(first + 1), row.TextAt(first + 2), row.GetGuid(first + 3), row.GetString(first + 4));
}
