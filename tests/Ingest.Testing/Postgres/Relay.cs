using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Ingest.Testing.Postgres;

/// <summary>A way to the database that can be blocked or cut.</summary>
public sealed class Relay : IAsyncDisposable
{
    public Relay(string connectionString)
    {
        var direct = new NpgsqlConnectionStringBuilder(connectionString);
        Way = new TcpRelay(direct.Host!.StartsWith('/')
            ? new UnixDomainSocketEndPoint($"{direct.Host}/.s.PGSQL.{direct.Port}")
            : new DnsEndPoint(direct.Host, direct.Port));
        ConnectionString = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Host = "127.0.0.1",
            Port = Way.Address.Port,
            SslMode = SslMode.Disable,
        }.ConnectionString;
        DataSource = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString) { Timeout = 2 });
    }

    public TcpRelay Way { get; }

    public string ConnectionString { get; }

    /// <summary>Loses patience sooner than the driver does by itself.</summary>
    public NpgsqlDataSource DataSource { get; }

    public void Block() => Way.Block();

    public void Unblock() => Way.Unblock();

    public void Refuse() => Way.Refuse();

    public void Cut() => Way.Cut();

    public async ValueTask DisposeAsync()
    {
        await Way.DisposeAsync();
        await DataSource.DisposeAsync();
    }
}
