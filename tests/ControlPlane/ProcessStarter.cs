using System.Collections.Concurrent;
using System.Diagnostics;

namespace WaitFor.Testing;

/// <summary>
/// Starts processes from one thread that lives as long as this process. The kernel's "parent death signal" (prctl(2),
/// PR_SET_PDEATHSIG) is sent when the <i>thread</i> that started the child ends: from a thread of the pool, the child
/// would be killed when the pool shrinks.
/// </summary>
internal static class ProcessStarter
{
    private static readonly BlockingCollection<Action> Requests = [];
    private static readonly Lazy<Thread> Worker = new(() =>
    {
        var thread = new Thread(Work) { IsBackground = true, Name = "process starter" };
        thread.Start();
        return thread;
    });

    /// <summary>Starts a process as <see cref="Process.Start(ProcessStartInfo)"/> does.</summary>
    public static Task<Process> StartAsync(ProcessStartInfo info)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Requests.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(info) ?? throw new InvalidOperationException($"{info.FileName} was not started"));
            }
            catch (Exception e)
            {
                started.SetException(e);
            }
        });
        _ = Worker.Value;
        return started.Task;
    }

    private static void Work()
    {
        foreach (var request in Requests.GetConsumingEnumerable())
        {
            request();
        }
    }
}
