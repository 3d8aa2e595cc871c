using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace WaitFor.Bench;

/// <summary>How a child ended.</summary>
/// <param name="ExitCode">Its exit code; 128+n when signal n ended it.</param>
/// <param name="At">When it was gone, as <see cref="Stopwatch.GetTimestamp"/> tells.</param>
/// <param name="Elapsed">From its start to its exit.</param>
/// <param name="Cpu">The processor time it took, user and system.</param>
internal sealed record ChildEnd(int ExitCode, long At, TimeSpan Elapsed, TimeSpan Cpu);

/// <summary>
/// A measured process. posix_spawn and wait4 are called directly: <see cref="Process"/> makes pipes and threads for the
/// output and learns of the end by a detour (SIGCHLD, its signal thread, the pool), which would be in every number.
/// </summary>
internal sealed partial class Child : IDisposable
{
    private const int ReadWrite = 2;
    private const int CreateForWriting = 0x1 | 0x40 | 0x200; // O_WRONLY | O_CREAT | O_TRUNC, alike on x86-64 and arm64
    private const int OwnerOnly = 0x180; // 0600
    private const int SigKill = 9;
    private const int Interrupted = 4; // EINTR

    private readonly int pid;

    private Child(int pid, long startedAt)
    {
        this.pid = pid;
        // Its own thread that sleeps in wait4, so that the end is noticed without a poll.
        End = Task.Factory.StartNew(
            () => Wait(pid, startedAt),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
    }

    /// <summary>Comes when the process has exited.</summary>
    public Task<ChildEnd> End { get; }

    /// <summary>Starts a program with exactly this environment.</summary>
    /// <param name="command">The program's path and its arguments.</param>
    /// <param name="environment">All of its environment.</param>
    /// <param name="log">Takes its standard error; null: nobody does. Standard output is never kept.</param>
    public static Child Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, string? log = null)
    {
        var (pid, startedAt) = Spawn(command, environment, log);
        return new Child(pid, startedAt);
    }

    /// <summary>Starts a program, and waits for its end on this thread: nothing of ours runs meanwhile.</summary>
    /// <param name="command">The program's path and its arguments.</param>
    /// <param name="environment">All of its environment.</param>
    /// <param name="log">Takes its standard error; null: nobody does.</param>
    /// <exception cref="MeasureException">It did not end with 0.</exception>
    public static ChildEnd Run(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, string? log = null)
    {
        var (pid, startedAt) = Spawn(command, environment, log);
        return Expect(Wait(pid, startedAt), 0, command[0]);
    }

    /// <summary>Waits for the end.</summary>
    /// <exception cref="MeasureException">It did not end with <paramref name="exitCode"/>.</exception>
    public async Task<ChildEnd> EndsWithAsync(int exitCode, string name) => Expect(await End, exitCode, name);

    /// <summary>Sends it a signal.</summary>
    /// <returns>When that was, as <see cref="Stopwatch.GetTimestamp"/> tells.</returns>
    public long Signal(int number)
    {
        var at = Stopwatch.GetTimestamp();
        _ = Kill(pid, number);
        return at;
    }

    /// <summary>
    /// The peak of the resident memory so far, in bytes: VmHWM of proc(5). It begins again with the program itself (exec).
    /// wait4's ru_maxrss, which /usr/bin/time prints, does not: a child shares its parent's memory until it calls exec, so
    /// the 100 MB of this .NET process would be the least that any child shows.
    /// </summary>
    /// <exception cref="MeasureException">The process has ended already.</exception>
    public double PeakMemory() => Memory("status", "VmHWM:");

    /// <summary>The resident memory that is no file's, in bytes (RssAnon): what each further process of the program takes at
    /// least.</summary>
    /// <exception cref="MeasureException">The process has ended already.</exception>
    public double OwnMemory() => Memory("status", "RssAnon:");

    /// <summary>The resident memory, in bytes; pages that several processes share count in full for each.</summary>
    /// <exception cref="MeasureException">The process has ended already.</exception>
    public double ResidentMemory() => Memory("smaps_rollup", "Rss:");

    /// <summary>Its share of the resident memory, in bytes (PSS): a page that n processes share counts 1/n for each, so that the shares add
    /// up to what is used.</summary>
    /// <exception cref="MeasureException">The process has ended already.</exception>
    public double SharedOutMemory() => Memory("smaps_rollup", "Pss:");

    private double Memory(string file, string field)
    {
        try
        {
            if (Machine.KiloBytes($"/proc/{pid}/{file}", field) is { } kiloBytes)
                return 1024 * kiloBytes;
        }
        catch (IOException)
        {
            // Told below, as for a process that has ended and was not waited for yet.
        }

        throw new MeasureException($"process {pid} ended before its memory could be read");
    }

    /// <summary>Kills the process if it still runs.</summary>
    public void Dispose()
    {
        if (!End.IsCompleted)
            _ = Kill(pid, SigKill);
        _ = End.Wait(TimeSpan.FromSeconds(5));
    }

    private static ChildEnd Expect(ChildEnd end, int exitCode, string name) =>
        end.ExitCode == exitCode ? end : throw new MeasureException($"{name} ended with {end.ExitCode} instead of {exitCode}");

    private static (int Pid, long StartedAt) Spawn(
        IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string> environment,
        string? log
    )
    {
        string?[] arguments = [.. command, null];
        string?[] variables = [.. environment.Select(variable => $"{variable.Key}={variable.Value}"), null];
        var actions = new byte[512]; // the opaque posix_spawn_file_actions_t has 80 bytes
        Check(InitActions(actions), command);
        try
        {
            Check(AddOpen(actions, 0, "/dev/null", ReadWrite, 0), command);
            Check(AddOpen(actions, 1, "/dev/null", ReadWrite, 0), command);
            Check(AddOpen(actions, 2, log ?? "/dev/null", log is null ? ReadWrite : CreateForWriting, OwnerOnly), command);
            var startedAt = Stopwatch.GetTimestamp();
            Check(Spawn(out var pid, command[0], actions, 0, arguments, variables), command);
            return (pid, startedAt);
        }
        finally
        {
            _ = DestroyActions(actions);
        }
    }

    private static ChildEnd Wait(int pid, long startedAt)
    {
        var usage = new long[18]; // struct rusage: seconds and microseconds of user and system time, then 14 counters
        int status;
        while (Wait4(pid, out status, 0, usage) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
                throw new MeasureException($"wait4: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        var at = Stopwatch.GetTimestamp();
        var cpu = TimeSpan.FromSeconds(usage[0] + usage[2]) + TimeSpan.FromMicroseconds(usage[1] + usage[3]);
        var signal = status & 0x7f;
        return new ChildEnd(signal == 0 ? (status >> 8) & 0xff : 128 + signal, at, Stopwatch.GetElapsedTime(startedAt, at), cpu);
    }

    private static void Check(int error, IReadOnlyList<string> command)
    {
        if (error != 0)
            throw new MeasureException($"{command[0]} cannot be started: {new Win32Exception(error).Message}");
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Spawn(out int pid, string path, byte[] actions, nint attributes, string?[] arguments, string?[] variables);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int InitActions(byte[] actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int AddOpen(byte[] actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int DestroyActions(byte[] actions);

    [LibraryImport("libc", EntryPoint = "wait4", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Wait4(int pid, out int status, int options, long[] usage);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int pid, int signal);
}
