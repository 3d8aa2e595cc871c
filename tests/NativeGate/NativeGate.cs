using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace WaitFor.Testing;

/// <summary>A native gate as a child process.</summary>
public sealed partial class NativeGate : IAsyncDisposable
{
    /// <summary>A gate that has not done by then what a test waits for never will: five tools on a Java runtime, one after the other, take
    /// minutes on two busy cores.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _log = new();
    private readonly List<(string Part, TaskCompletionSource Found)> _waiters = [];
    private readonly Task _read;

    private NativeGate(Process process)
    {
        _process = process;
        _read = Task.WhenAll(ReadAsync(process.StandardOutput, _output), ReadAsync(process.StandardError, _log));
    }

    /// <summary>What it wrote to the standard output so far.</summary>
    public string Output => Locked(_output);

    /// <summary>What it wrote to the standard error so far: the log.</summary>
    public string Log => Locked(_log);

    /// <summary>Starts the gate in an environment that holds nothing but what is given.</summary>
    /// <param name="arguments">Arguments.</param>
    /// <param name="variables">Environment variables.</param>
    /// <param name="executable">Another executable in place of the gate (chroot, say).</param>
    public static NativeGate Start(
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? variables = null,
        string? executable = null
    )
    {
        var start = new ProcessStartInfo(executable ?? Repository.Gate, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/bin";
        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new NativeGate(Process.Start(start)!);
    }

    /// <summary>Runs the gate to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Log)> RunAsync(
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? variables = null,
        string? executable = null
    )
    {
        await using var gate = Start(arguments, variables, executable);
        var exitCode = await gate.ExitAsync();
        return (exitCode, gate.Output, gate.Log);
    }

    /// <summary>Completes when the log holds a text.</summary>
    public async Task LogsAsync(string part)
    {
        Task found;
        lock (_waiters)
        {
            if (_log.ToString().Contains(part, StringComparison.Ordinal))
                return;
            var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((part, source));
            found = source.Task;
        }

        var first = await Task.WhenAny(found, _read, Task.Delay(Patience));
        if (first != found && !Log.Contains(part, StringComparison.Ordinal))
            throw new InvalidOperationException(
                $"the gate {(first == _read ? "ended" : "still runs")} and has not logged \"{part}\":\n{Log}"
            );
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException($"the gate still runs after {Patience.TotalSeconds} s:\n{Log}");
        }

        await _read;
        return _process.ExitCode;
    }

    /// <summary>Comes at its end, however late that is.</summary>
    /// <returns>The exit code, and when the end was noticed, as <see cref="Stopwatch.GetTimestamp"/> tells.</returns>
    public async Task<(int ExitCode, long At)> EndAsync()
    {
        await _process.WaitForExitAsync();
        var at = Stopwatch.GetTimestamp();
        await _read;
        return (_process.ExitCode, at);
    }

    /// <summary>The number of its process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>True while it runs.</summary>
    public bool Running => !_process.HasExited;

    /// <summary>Sends it a signal.</summary>
    public void Signal(int number) => _ = Kill(_process.Id, number);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader, StringBuilder text)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_waiters)
            {
                text.Append(line).Append('\n');
                foreach (var waiter in _waiters.Where(waiter => _log.ToString().Contains(waiter.Part, StringComparison.Ordinal)).ToList())
                {
                    _waiters.Remove(waiter);
                    waiter.Found.SetResult();
                }
            }
        }
    }

    private string Locked(StringBuilder text)
    {
        lock (_waiters)
            return text.ToString();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
