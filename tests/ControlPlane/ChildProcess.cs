using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace WaitFor.Testing;

/// <summary>A server that runs as a child of this process, with its output in a log file.</summary>
internal sealed partial class ChildProcess : IDisposable
{
    private const int SigTerm = 15;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private static readonly string? SetPriv = new[] { "/usr/bin/setpriv", "/bin/setpriv" }.FirstOrDefault(File.Exists);

    private readonly Process process;
    private readonly string name;
    private readonly string log;

    private ChildProcess(Process process, string name, string log)
    {
        this.process = process;
        this.name = name;
        this.log = log;
        Id = process.Id;
    }

    /// <summary>The process id of the server itself.</summary>
    public int Id { get; }

    /// <summary>Starts a program; its output is appended to <paramref name="log"/>.</summary>
    public static async Task<ChildProcess> StartAsync(string program, IEnumerable<string> arguments, string log)
    {
        // The shell and setpriv replace themselves (exec), so the process id is the server's. A test run that dies hard
        // cannot clean up; the kernel then kills the server (setpriv, util-linux; without it a hard end leaves it running).
        var info = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, WorkingDirectory = Path.GetDirectoryName(log) };
        info.ArgumentList.Add("-c");
        info.ArgumentList.Add("""exec "$@" </dev/null >>"$0" 2>&1""");
        info.ArgumentList.Add(log);
        string[] command = SetPriv is null ? [program] : [SetPriv, "--pdeathsig", "KILL", "--", program];
        foreach (var word in command.Concat(arguments))
        {
            info.ArgumentList.Add(word);
        }

        return new ChildProcess(await ProcessStarter.StartAsync(info), Path.GetFileName(program), log);
    }

    /// <summary>Complains when the process has ended on its own.</summary>
    /// <exception cref="ChildDiedException">It has.</exception>
    public void EnsureAlive()
    {
        if (process.HasExited)
        {
            throw new ChildDiedException(name, process.ExitCode, ReadLog());
        }
    }

    /// <summary>Ends the process at once (SIGKILL) and waits until it is gone.</summary>
    public async Task KillAsync(CancellationToken cancellationToken = default)
    {
        process.Kill();
        await process.WaitForExitAsync(cancellationToken);
    }

    /// <summary>Asks the process to end (SIGTERM), and ends it (SIGKILL) when it has not done so in 2 seconds.</summary>
    public async Task StopAsync()
    {
        if (!process.HasExited)
        {
            _ = Signal(Id, SigTerm); // it may have ended just now
        }

        using var grace = new CancellationTokenSource(Grace);
        try
        {
            await process.WaitForExitAsync(grace.Token);
        }
        catch (OperationCanceledException)
        {
            await KillAsync(CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => process.Dispose();

    private string ReadLog() => File.Exists(log) ? File.ReadAllText(log, Encoding.UTF8) : "(no log)";

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Signal(int processId, int signal);
}
