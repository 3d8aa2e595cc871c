using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace WaitFor.Process;

/// <summary>The log on the standard error stream: short lines for people, or one JSON document a line.</summary>
public sealed class ConsoleLog : IDisposable
{
    private readonly ConsoleLoggerProvider _provider;

    /// <summary>Opens the log.</summary>
    /// <param name="json">True: JSON lines.</param>
    /// <param name="time">Clock of the lines.</param>
    /// <param name="least">Lines below this level are dropped.</param>
    /// <param name="palette">Colours for the levels; null for none.</param>
    public ConsoleLog(bool json, TimeProvider time, LogLevel least, Palette? palette = null)
    {
        ConsoleFormatter formatter = json ? new JsonLine(time) : new TextLine(time, palette ?? Palette.None);
        var options = new ConsoleLoggerOptions { FormatterName = formatter.Name, LogToStandardErrorThreshold = LogLevel.Trace };
        _provider = new ConsoleLoggerProvider(new Fixed(options), [formatter]);
        Logger = new Least(_provider.CreateLogger("wait-for"), least);
    }

    /// <summary>Writes the lines.</summary>
    public ILogger Logger { get; }

    /// <summary>Writes what is still queued, and closes the log.</summary>
    public void Dispose() => _provider.Dispose();

    /// <summary>Options that never change: there is no container here that would watch them.</summary>
    private sealed class Fixed(ConsoleLoggerOptions options) : IOptionsMonitor<ConsoleLoggerOptions>
    {
        public ConsoleLoggerOptions CurrentValue => options;

        public ConsoleLoggerOptions Get(string? name) => options;

        public IDisposable? OnChange(Action<ConsoleLoggerOptions, string?> listener) => null;
    }

    private sealed class Least(ILogger inner, LogLevel least) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
                inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }

    private sealed class TextLine(TimeProvider time, Palette palette) : ConsoleFormatter("line")
    {
        public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
        {
            if (palette.IsTerminal)
                textWriter.Write(ProgressLine.Clear);
            textWriter.Write(time.GetLocalNow().ToString("HH:mm:ss ", CultureInfo.InvariantCulture));
            textWriter.Write(
                logEntry.LogLevel switch
                {
                    LogLevel.Error or LogLevel.Critical => palette.Red("error:") + " ",
                    LogLevel.Warning => palette.Yellow("warning:") + " ",
                    _ => "",
                }
            );
            textWriter.Write(logEntry.Formatter(logEntry.State, logEntry.Exception));
            textWriter.Write('\n');
        }
    }

    private sealed class JsonLine(TimeProvider time) : ConsoleFormatter("json-line")
    {
        public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
        {
            var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                json.WriteString("time", time.GetUtcNow());
                json.WriteString(
                    "level",
                    logEntry.LogLevel switch
                    {
                        LogLevel.Error or LogLevel.Critical => "error",
                        LogLevel.Warning => "warning",
                        LogLevel.Information => "info",
                        _ => "debug",
                    }
                );
                json.WriteString("message", logEntry.Formatter(logEntry.State, logEntry.Exception));
                json.WriteEndObject();
            }

            textWriter.Write(Encoding.UTF8.GetString(buffer.ToArray()));
            textWriter.Write('\n');
        }
    }
}
