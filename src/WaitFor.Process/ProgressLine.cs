namespace WaitFor.Process;

/// <summary>One line at the end of a terminal that is written again each second. Each line of the log takes its place
/// (<see cref="Clear"/>), so nothing of it stays.</summary>
public sealed class ProgressLine : IDisposable
{
    /// <summary>To the beginning of the line, and nothing on it (ECMA-48: CR, EL).</summary>
    internal const string Clear = "\r\u001b[K";

    /// <summary>A longer line would wrap on a terminal of 80 columns, and could not be written again.</summary>
    private const int Longest = 79;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly TextWriter _terminal;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private bool _ended;

    /// <summary>Starts it.</summary>
    /// <param name="terminal">The terminal.</param>
    /// <param name="time">Clock.</param>
    /// <param name="text">The text, asked for each time.</param>
    public ProgressLine(TextWriter terminal, TimeProvider time, Func<string> text)
    {
        _terminal = terminal;
        _timer = time.CreateTimer(_ => Write(text()), state: null, Interval, Interval);
    }

    /// <summary>Ends it, and leaves the line empty.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_lock)
        {
            _ended = true;
            _terminal.Write(Clear);
        }
    }

    private void Write(string text)
    {
        lock (_lock)
        {
            if (!_ended)
                _terminal.Write(Clear + (text.Length <= Longest ? text : text[..(Longest - 1)] + "…"));
        }
    }
}
