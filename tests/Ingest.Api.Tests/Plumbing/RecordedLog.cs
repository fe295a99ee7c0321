using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Ingest.Api.Tests.Plumbing;

/// <summary>Keeps every line a server logs, for tests about what must and must not be in it.</summary>
internal sealed class RecordedLog : ILoggerProvider
{
    public ConcurrentQueue<(string Category, LogLevel Level, string Text)> Lines { get; } = [];

    public IEnumerable<string> Ours => Lines.Where(line => line.Category.StartsWith("Ingest.", StringComparison.Ordinal)).Select(line => line.Text);

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(RecordedLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Lines.Enqueue((category, logLevel, formatter(state, exception) + exception));
    }
}
