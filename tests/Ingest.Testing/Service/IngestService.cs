using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Ingest.Api;
using Ingest.Api.Configuration;
using Ingest.Persistence;
using Ingest.Testing.Envelopes;
using Ingest.Testing.OpenApi;
using Ingest.Testing.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingest.Testing.Service;

/// <summary>The whole service on a real port over a real database, with one workspace and one manager's key.</summary>
public sealed class IngestService : IAsyncDisposable
{
    public const string WorkspaceId = "ws_local";
    public const string Key = "budi_test_0123456789abcdefghijklmnopqrstuv";

    private readonly WebApplication _app;
    private readonly ServerDatabase _source;
    private readonly Lazy<Task<ServedDocument>> _document;

    private IngestService(WebApplication app, ServerDatabase source, TestDatabase database)
    {
        (_app, _source, Database) = (app, source, database);
        Address = new Uri(app.Urls.Single());
        _document = new Lazy<Task<ServedDocument>>(() => ServedDocument.FetchAsync(Address));
        Client = ClientWith(Key);
    }

    public Uri Address { get; }

    public TestDatabase Database { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Sends the manager's key.</summary>
    public HttpClient Client { get; }

    /// <param name="database">Shared by several instances, or one's own; its owner disposes it.</param>
    /// <param name="time">The clock of the service; left out, the real one.</param>
    /// <param name="settings">Names and values as in the configuration table.</param>
    public static async Task<IngestService> StartAsync(TestDatabase database, TimeProvider? time = null, params (string Name, string Value)[] settings)
    {
        var builder = ServiceHost.CreateBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Ingest"] = database.ConnectionString,
            ["Bootstrap:WorkspaceId"] = WorkspaceId,
            ["Bootstrap:ApiKey"] = Key,
            ["Urls"] = "http://127.0.0.1:0",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
        builder.Logging.ClearProviders();
        if (time is not null) builder.Services.AddSingleton(time);

        var read = Settings.Read(builder.Configuration);
        var source = await ServerDatabase.OpenAsync(read.ConnectionString, read.Embedded.Cluster, NullLogger.Instance, CancellationToken.None);
        var app = builder.AddIngest(read, source).Build();
        app.UseIngest();
        await app.StartAsync();
        return new IngestService(app, source, database);
    }

    public HttpClient ClientWith(string key)
    {
        var client = ClientWithoutKey();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>Like every client of this service, it fails on an answer that the OpenAPI document does not describe.</summary>
    /// <param name="wire">How it sends; left out, as usual.</param>
    public HttpClient ClientWithoutKey(SocketsHttpHandler? wire = null) => new(new OpenApiConformance(DocumentAsync, wire ?? new SocketsHttpHandler())) { BaseAddress = Address };

    /// <summary>The OpenAPI document, fetched once.</summary>
    public Task<ServedDocument> DocumentAsync() => _document.Value;

    public Task<ServiceAnswer> PostAsync(EnvelopeBuilder envelope, params (string Name, string Value)[] headers) => PostAsync(envelope.ToJson(), headers);

    public async Task<ServiceAnswer> PostAsync(string json, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/ingest") { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await ServiceAnswer.ReadAsync(await Client.SendAsync(request));
    }

    public async Task<ServiceAnswer> GetAsync(string path) => await ServiceAnswer.ReadAsync(await Client.GetAsync(path));

    public Task<ServiceAnswer> StatusAsync(string deviceId = EnvelopeBuilder.DefaultDevice) => GetAsync($"/v1/ingest/status?device_id={Uri.EscapeDataString(deviceId)}");

    /// <summary>The first column of every row, read past the service.</summary>
    public async Task<List<T>> QueryAsync<T>(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<T>();
        while (await reader.ReadAsync()) values.Add(reader.GetFieldValue<T>(0));
        return values;
    }

    /// <summary>The columns of a table that are written, with commas between: what Postgres works out by itself takes no value.</summary>
    public async Task<string> ColumnsAsync(string table) =>
        (await QueryAsync<string>($"SELECT string_agg(column_name, ', ') FROM information_schema.columns WHERE table_name = '{table}' AND is_generated = 'NEVER'"))[0];

    /// <summary>Changes the database past the service.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Ends the service as a signal would: what is written behind reaches the database.</summary>
    public async Task StopAsync()
    {
        await _app.StopAsync();
        await _source.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await _source.DisposeAsync();
    }
}
