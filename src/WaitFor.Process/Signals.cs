using System.Runtime.InteropServices;
using System.Text;

namespace WaitFor.Process;

/// <summary>Turns the signals that ask a program to end into a cancellation. As PID 1 of a container a program is not ended by a signal it
/// has no handler for.</summary>
public sealed partial class Signals : IDisposable
{
    /// <summary>An orderly end of a gate takes a few milliseconds; one that hangs is cut, so that the whole stays below 100 ms.</summary>
    public static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(75);

    /// <summary>A migration has a statement to cancel and a row of the deployment log to write, within the 30 s that a kubelet grants.
    /// <see href="https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination"/></summary>
    public static readonly TimeSpan WithinGracePeriod = TimeSpan.FromSeconds(25);

    private const int StandardError = 2;

    private readonly TimeSpan _orderlyEnd;

    private readonly CancellationTokenSource _received = new();
    private readonly ManualResetEventSlim _ended = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _number;

    /// <summary>Starts to listen for SIGTERM, SIGINT, SIGHUP and SIGQUIT.</summary>
    /// <param name="orderlyEnd">How long an orderly end may take; then the process is cut.</param>
    public Signals(TimeSpan orderlyEnd)
    {
        _orderlyEnd = orderlyEnd;
        Register(PosixSignal.SIGTERM, 15);
        Register(PosixSignal.SIGINT, 2);
        Register(PosixSignal.SIGHUP, 1);
        Register(PosixSignal.SIGQUIT, 3);
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Received => _received.Token;

    /// <summary>The first signal's number; 0 when none came.</summary>
    public int Number => Volatile.Read(ref _number);

    /// <summary>The exit code of a program that a signal ended, as shells give it: 128+n.</summary>
    public int ExitCode => 128 + Number;

    /// <summary>The signal's name, such as SIGTERM.</summary>
    public string Name => NameOf(Number);

    /// <summary>The name of a signal that asks a process to end, such as SIGTERM; its number where it is another one.</summary>
    public static string NameOf(int number) =>
        number switch
        {
            15 => "SIGTERM",
            2 => "SIGINT",
            1 => "SIGHUP",
            3 => "SIGQUIT",
            0 => "no signal",
            _ => $"signal {number.ToString(System.Globalization.CultureInfo.InvariantCulture)}",
        };

    /// <summary>What a process that has to be cut writes to the standard error stream, from the signal's name; null once all was
    /// said.</summary>
    public Func<string, string>? LastWords { get; set; }

    /// <summary>Says that the program has ended in order. Its exit code is decided: the handlers stay, or a signal between here and the
    /// exit would end a program that is done with 128+n.</summary>
    public void Dispose() => _ended.Set();

    private void Register(PosixSignal signal, int number) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                if (Interlocked.CompareExchange(ref _number, number, 0) != 0)
                    return;
                // A callback of the cancellation may block; the limit must hold all the same.
                ThreadPool.UnsafeQueueUserWorkItem(static signals => signals._received.Cancel(), this, preferLocal: false);
                // Not here: the runtime calls one handler after the other, and migrate exec has one more, which sends the signal on.
                new Thread(() => CutLate(number)) { IsBackground = true }.Start();
            }));

    /// <summary>Ends the process where it has not ended in order in time.</summary>
    private void CutLate(int number)
    {
        if (_ended.Wait(_orderlyEnd) || OperatingSystem.IsWindows())
            return;
        if (LastWords is { } words)
        {
            var line = Encoding.UTF8.GetBytes(words(Name));
            _ = Write(StandardError, line, line.Length);
        }

        Exit(128 + number);
    }

    /// <summary>Writes past all locks and buffers of the runtime.</summary>
    [LibraryImport("libc", EntryPoint = "write")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Write(int descriptor, byte[] bytes, nint count);

    /// <summary>Ends the process at once: nothing can wait for what hangs, not even the runtime's own shutdown.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void Exit(int code);
}
