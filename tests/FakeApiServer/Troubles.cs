using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace WaitFor.Testing;

/// <summary>Keeps the last exceptions of the server's own log.</summary>
internal sealed class Troubles : ILoggerProvider, ILogger
{
    private const int Most = 5;

    private readonly ConcurrentQueue<string> _last = new();

    public IReadOnlyCollection<string> Last => [.. _last];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (exception is null)
            return;
        _last.Enqueue($"{formatter(state, exception)} {exception}");
        if (_last.Count > Most)
            _ = _last.TryDequeue(out _);
    }

    public void Dispose() { }
}
