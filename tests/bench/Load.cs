using System.Diagnostics;
using WaitFor.Testing;

namespace WaitFor.Bench;

/// <summary>Many waiters on one Job.</summary>
internal static class Load
{
    /// <summary>
    /// One process every 40 ms, for both programs: all at once would measure how fast two cores start processes, and a
    /// cluster does not do it either. kubectl takes about as much processor time for its start, so that both keep up.
    /// </summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(40);

    private static readonly TimeSpan AcceptLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(5);

    /// <summary>All watches are open: time for the last processes to come to rest.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    /// <summary>What one program took; times in ms, memory in bytes, processor time of the API server.</summary>
    /// <param name="Processes">How many.</param>
    /// <param name="First">From the answer to the PATCH that completes the Job to the first exit.</param>
    /// <param name="Last">The same to the last exit.</param>
    /// <param name="Requests">All requests of one process.</param>
    /// <param name="OnJobs">All requests on Jobs that the server counted.</param>
    /// <param name="ServerTime">From the first start to the last exit, without what the idle server takes in that time.</param>
    /// <param name="ServerTimeOfEnd">From the PATCH to the last exit.</param>
    /// <param name="Peak">VmHWM.</param>
    /// <param name="Resident">RSS while all are watching.</param>
    /// <param name="Share">PSS while all are watching.</param>
    public sealed record Figures(
        int Processes,
        double First,
        double Last,
        int Requests,
        int OnJobs,
        TimeSpan ServerTime,
        TimeSpan ServerTimeOfEnd,
        Samples Peak,
        Samples Resident,
        Samples Share
    );

    /// <summary>How many processes of a program fit: half of the memory that is available stays free.</summary>
    /// <returns>The number, at most <paramref name="most"/>, and what each takes.</returns>
    public static async Task<(int Count, double Each)> FittingAsync(
        Stage stage,
        Func<string, string, string[], string[]> command,
        string verbose,
        int most
    )
    {
        var (job, log) = ((await stage.RunningJobsAsync(1))[0], stage.File("one.log"));
        using var child = Child.Start(command(job, "2m", [verbose]), stage.Plain, log);
        await Measures.WatchingAsync(child, log);
        // What the kernel keeps for a process (page tables, sockets, stacks) is not in it: 2 MB are more than that.
        var each = child.OwnMemory() + 2e6;
        return (Math.Clamp((int)(Machine.AvailableMemory / 2 / each), 1, most), each);
    }

    /// <summary>Measures one program.</summary>
    /// <param name="server">The server.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="command">Job, time-out and more arguments to a command line.</param>
    /// <param name="verbose">What makes it log its requests: the first process does.</param>
    /// <param name="count">How many processes.</param>
    public static async Task<Figures> MeasureAsync(
        ControlPlane server,
        Stage stage,
        Func<string, string, string[], string[]> command,
        string verbose,
        int count
    )
    {
        var (job, log) = ((await stage.RunningJobsAsync(1))[0], stage.File("first.log"));
        // The server notices late that a process was killed; its watch would be counted with these.
        await OpenAsync(stage, open => open == 0, () => null);
        var requestsBefore = await stage.RequestsOnJobsAsync();
        var idle = await IdleAsync(server);
        var (start, timeAtStart) = (Stopwatch.GetTimestamp(), Machine.ProcessorTime(server.ApiServerProcessId));
        var children = new List<Child>(count);
        try
        {
            for (var i = 0; i < count; i++)
            {
                children.Add(
                    i == 0
                        ? Child.Start(command(job, "10m", [verbose]), stage.Plain, log)
                        : Child.Start(command(job, "10m", []), stage.Plain)
                );
                var ahead = ((i + 1) * Pace) - Stopwatch.GetElapsedTime(start);
                if (ahead > TimeSpan.Zero)
                    await Task.Delay(ahead);
            }

            // By the server's own count: 500 logs would be a load themselves.
            await OpenAsync(
                stage,
                open => open == count,
                () => children.FirstOrDefault(child => child.End.IsCompleted) is null ? null : "one of the processes has ended"
            );
            await Task.Delay(Settled);
            var (peak, resident, share) = (new Samples(), new Samples(), new Samples());
            foreach (var child in children)
            {
                peak.Add(child.PeakMemory());
                resident.Add(child.ResidentMemory());
                share.Add(child.SharedOutMemory());
            }

            var timeAtPatch = Machine.ProcessorTime(server.ApiServerProcessId);
            await stage.FinishAsync(job, failed: false);
            var answered = Stopwatch.GetTimestamp();
            var ends = await Task.WhenAll(children.Select(child => child.EndsWithAsync(0, command(job, "", [])[0])));
            var (first, last) = (ends.Min(end => end.At), ends.Max(end => end.At));
            var timeAtEnd = Machine.ProcessorTime(server.ApiServerProcessId);
            var idleTime = idle * (Stopwatch.GetElapsedTime(start, last) / IdleTime);

            var (all, onJobs) = Requests.Sent(log);
            await Requests.AgreeAsync(stage, requestsBefore, onJobs * count);
            return new Figures(
                count,
                Since(answered, first),
                Since(answered, last),
                all,
                onJobs * count,
                timeAtEnd - timeAtStart - idleTime,
                timeAtEnd - timeAtPatch,
                peak,
                resident,
                share
            );
        }
        finally
        {
            children.ForEach(child => child.Dispose());
        }

        // The first may be gone before the answer is here.
        static double Since(long answered, long at) => (at - answered) * 1000.0 / Stopwatch.Frequency;
    }

    private static async Task<TimeSpan> IdleAsync(ControlPlane server)
    {
        var before = Machine.ProcessorTime(server.ApiServerProcessId);
        await Task.Delay(IdleTime);
        return Machine.ProcessorTime(server.ApiServerProcessId) - before;
    }

    /// <summary>Waits until as many watches are open as they should.</summary>
    private static async Task OpenAsync(Stage stage, Func<int, bool> enough, Func<string?> hopeless)
    {
        var since = Stopwatch.GetTimestamp();
        int open;
        while (!enough(open = await stage.OpenWatchesOnJobsAsync()))
        {
            if (hopeless() is { } why)
                throw new MeasureException($"{open} watches are open, and {why}");
            if (Stopwatch.GetElapsedTime(since) > AcceptLimit)
                throw new MeasureException($"{open} watches are open, after {AcceptLimit.TotalSeconds} s");
            await Task.Delay(1000);
        }
    }
}
