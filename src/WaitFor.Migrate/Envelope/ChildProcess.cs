using System.Runtime.InteropServices;
using System.Text;

namespace WaitFor.Migrate.Envelope;

/// <summary>How the wrapped tool ended.</summary>
/// <param name="ExitCode">Its exit code; 128+n when signal n ended it.</param>
/// <param name="LastLines">The last lines of its standard error.</param>
/// <param name="Asked">The first signal that asked for the end; 0 for none.</param>
/// <param name="Killed">It did not end on that, and was killed.</param>
internal sealed record ChildEnd(int ExitCode, IReadOnlyList<string> LastLines, int Asked, bool Killed);

/// <summary>Runs the wrapped tool as an init process does: signals are forwarded to it, orphans of it are reaped, its exit code is kept.
/// The system is called directly,
/// as the runtime's own Process class waits for its own children alone.
/// <para>The tool gets its own process group, and a signal that asks for the end goes to all of it: a shell, or npm's wrapper around a
/// tool, ends by itself and sends nothing
/// on, and the tool would work on without the lock.</para>
/// <see href="https://github.com/krallin/tini"/></summary>
internal static class ChildProcess
{
    private const int LinesKept = 40; // node-pg-migrate writes 22 after the one that says why
    private const int NotFound = 127;
    private const int NoSuchFile = 2; // ENOENT
    private const int Interrupted = 4; // EINTR
    private const int NoHang = 1; // WNOHANG
    private const int Kill = 9; // SIGKILL
    private const short SetGroup = 0x02; // POSIX_SPAWN_SETPGROUP; the attribute's default: a new one
    private const short SetSignalDefaults = 0x04; // POSIX_SPAWN_SETSIGDEF
    private const short SetSignalMask = 0x08; // POSIX_SPAWN_SETSIGMASK
    private const int CloseOnExec = 0x80000; // O_CLOEXEC

    // What a supervisor, or a person at a terminal, may send on: HUP, INT, QUIT, USR1, USR2, TERM, CONT, WINCH. (Their numbers on Linux,
    // x86-64 and arm64.)
    private static readonly int[] Forwarded = [1, 2, 3, 10, 12, 15, 18, 28];

    // HUP, INT, QUIT, TERM.
    private static readonly int[] AsksForTheEnd = [1, 2, 3, 15];

    /// <summary>What the tool may take to end when it was asked to. Then it is killed: of the 25 s that an end by a signal may take, the
    /// rest is for the deployment log; and it must not work on without the lock.</summary>
    public static readonly TimeSpan ToolLimit = TimeSpan.FromSeconds(18);

    /// <summary>What the tool's processes may take after it, within the 25 s that an end by a signal may take.</summary>
    private static readonly TimeSpan GroupLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan GroupInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>A separate group could not read from the terminal, which sends its signals to all of us by itself.</summary>
    private static readonly bool OwnGroup = Console.IsInputRedirected;

    /// <summary>Runs a program to its end.</summary>
    /// <param name="command">The program, found by PATH, and its arguments.</param>
    /// <param name="environment">All of its environment.</param>
    /// <exception cref="MigrationException">It cannot be started.</exception>
    public static async Task<ChildEnd> RunAsync(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment)
    {
        var (pid, asked, killed) = (0, 0, false);
        // Before the child exists, so that none is lost: what comes that early is sent on as soon as it is.
        var early = new List<int>();
        using var late = TimeProvider.System.CreateTimer(
            _ =>
            {
                lock (early)
                {
                    if (pid != 0)
                        killed = Posix.Kill(OwnGroup ? -pid : pid, Kill) == 0;
                }
            },
            state: null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
        var registrations = Forwarded
            .Select(number => PosixSignalRegistration.Create((PosixSignal)number, context =>
                {
                    context.Cancel = true;
                    lock (early)
                    {
                        if (asked == 0 && AsksForTheEnd.Contains(number))
                        {
                            asked = number;
                            late.Change(ToolLimit, Timeout.InfiniteTimeSpan);
                        }

                        if (pid == 0)
                            early.Add(number);
                        else
                            Send(pid, number);
                    }
                }))
            .ToList();
        try
        {
            var (child, errors) = Spawn(command, environment);
            lock (early)
            {
                pid = child;
                early.ForEach(number => Send(pid, number));
            }

            var lines = new Queue<string>();
            var copying = Task.Run(() => CopyAsync(errors, lines));
            var exitCode = await Task.Factory.StartNew(
                () => Wait(child),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default
            );
            if (asked != 0 && OwnGroup)
                await EndGroupAsync(child);
            // From here on its number may be another's.
            lock (early)
                pid = 0;
            // A grandchild may keep the pipe open for ever: its output until then is shown.
            await Task.WhenAny(copying, Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, CancellationToken.None));
            lock (lines)
                return new ChildEnd(exitCode, [.. lines], asked, killed);
        }
        finally
        {
            registrations.ForEach(registration => registration.Dispose());
        }
    }

    private static (int Pid, FileStream Errors) Spawn(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment)
    {
        Span<int> pipe = stackalloc int[2];
        if (Posix.Pipe(pipe, CloseOnExec) != 0)
            throw new MigrationException(ExitCode.Internal, $"could not create a pipe: {Marshal.GetLastPInvokeErrorMessage()}");
        var (actions, attributes, signals) = (new byte[512], new byte[1024], new byte[128]);
        _ = Posix.InitActions(actions);
        _ = Posix.InitAttributes(attributes);
        try
        {
            _ = Posix.AddDuplicate(actions, pipe[1], 2);
            // The runtime ignores and blocks signals for itself; the child gets them as they were. All bits: all signals.
            _ = Posix.SetMask(attributes, signals);
            _ = Posix.FillSignals(signals);
            _ = Posix.SetDefaults(attributes, signals);
            _ = Posix.SetFlags(attributes, (short)(SetSignalDefaults | SetSignalMask | (OwnGroup ? SetGroup : 0)));
            string?[] arguments = [.. command, null];
            string?[] variables = [.. environment.Select(variable => $"{variable.Key}={variable.Value}"), null];
            var error = Posix.SpawnByPath(out var pid, command[0], actions, attributes, arguments, variables);
            if (error != 0)
            {
                _ = Posix.Close(pipe[0]);
                throw new MigrationException(NotFound, $"could not start {command[0]}: {WhyNot(command[0], error)}");
            }

            return (pid, new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(pipe[0], ownsHandle: true), FileAccess.Read, 1));
        }
        finally
        {
            _ = Posix.Close(pipe[1]);
            _ = Posix.DestroyActions(actions);
            _ = Posix.DestroyAttributes(attributes);
        }
    }

    private static string WhyNot(string program, int error) =>
        error != NoSuchFile ? $"{Marshal.GetPInvokeErrorMessage(error)}; check the command after --, and that its file is an executable"
        : !program.Contains('/', StringComparison.Ordinal)
            ? "it was not found in PATH; check the command after --, and that the image contains it"
        : File.Exists(program)
            ? "the file exists, but the interpreter on its first line, or the loader of its libraries, does not; add it to the image"
        : "the file does not exist; check the command after --, and that the image contains it";

    private static void Send(int child, int signal) => _ = Posix.Kill(OwnGroup && AsksForTheEnd.Contains(signal) ? -child : child, signal);

    /// <summary>Waits until none of the tool's processes is left, so that none works on when the lock is free; ends those that do not
    /// end.</summary>
    private static async Task EndGroupAsync(int group)
    {
        for (var waited = TimeSpan.Zero; ; waited += GroupInterval)
        {
            // As process number 1 we have to reap them, or they would be there for ever.
            while (Posix.WaitPid(-group, out _, NoHang) > 0) { }

            // Signal 0 only asks whether there is one.
            if (Posix.Kill(-group, waited < GroupLimit ? 0 : Kill) != 0 || waited >= GroupLimit)
                return;
            await Task.Delay(GroupInterval, TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>Waits for the child. Whatever else ends meanwhile was left to us by it, as to any process number 1, and is reaped on the
    /// way.</summary>
    private static int Wait(int child)
    {
        while (true)
        {
            var ended = Posix.WaitPid(-1, out var status, 0);
            if (ended == child)
                return (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
            if (ended < 0 && Marshal.GetLastPInvokeError() != Interrupted)
                throw new InvalidOperationException($"waitpid: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>Copies the child's standard error to ours, and keeps its last lines: the gate will want to tell them.</summary>
    private static async Task CopyAsync(FileStream errors, Queue<string> lines)
    {
        var rest = new StringBuilder();
        await using var own = Console.OpenStandardError();
        await using (errors)
        {
            var (buffer, decoder) = (new byte[8192], Encoding.UTF8.GetDecoder());
            var text = new char[buffer.Length];
            int read;
            while ((read = await errors.ReadAsync(buffer)) > 0)
            {
                await own.WriteAsync(buffer.AsMemory(0, read));
                foreach (var unit in text.AsMemory(0, decoder.GetChars(buffer, 0, read, text, 0)).ToArray())
                {
                    if (unit != '\n' && rest.Length < 1000)
                        rest.Append(unit);
                    else if (unit == '\n')
                        Keep();
                }
            }
        }

        Keep();

        void Keep()
        {
            lock (lines)
            {
                if (rest.Length > 0)
                    lines.Enqueue(rest.ToString());
                rest.Clear();
                if (lines.Count > LinesKept)
                    lines.Dequeue();
            }
        }
    }
}
