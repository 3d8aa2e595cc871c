using System.Diagnostics;

namespace WaitFor.Bench;

/// <summary>What one measure found out about one program, run by run.</summary>
internal sealed class Samples
{
    private readonly List<double> values = [];

    /// <summary>The middle value.</summary>
    public double Median
    {
        get
        {
            var sorted = values.Order().ToList();
            return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
        }
    }

    /// <summary>The largest value.</summary>
    public double Worst => values.Max();

    /// <summary>The mean.</summary>
    public double Mean => values.Average();

    /// <summary>Adds a time, in ms.</summary>
    public void Add(TimeSpan time) => values.Add(time.TotalMilliseconds);

    /// <summary>Adds a number.</summary>
    public void Add(double number) => values.Add(number);
}

/// <summary>The programs' turns: each run goes through all of them, so that whatever else the machine does hits all alike.</summary>
internal static class Measures
{
    /// <summary>kubectl is watched for so long after the Job has failed; it would go on for as long as its time-out lets it.</summary>
    private const string NeverAfter = "5s";

    private static readonly TimeSpan WatchLimit = TimeSpan.FromSeconds(30);

    /// <summary>In this time the server closes what the program before has left.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(30);

    /// <summary>After its watch was accepted a program still frees and settles, for some milliseconds; it shall sleep when the event
    /// comes.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(300);

    /// <summary>Times and processor times from start to exit, in ms, of one program.</summary>
    public sealed record Turn(string[] Command, IReadOnlyDictionary<string, string> Environment)
    {
        public Samples Time { get; } = new();

        public Samples Cpu { get; } = new();
    }

    /// <summary>What the three programs took in the same environment.</summary>
    public sealed record Turns(Turn WaitFor, Turn Curl, Turn Kubectl);

    /// <summary>Time from start to exit for a Job that is complete already: with the host's certificate store, and without.</summary>
    public static async Task<(Turns Store, Turns NoStore, Samples Nothing)> StartToExitAsync(Stage stage, int runs)
    {
        var job = await stage.CompleteJobAsync();
        var (store, noStore) = (In(stage.Plain), In(stage.NoStore));
        var nothing = new Turn(["/bin/true"], stage.Plain);
        await TakeTurnsAsync(
            [store.WaitFor, store.Curl, store.Kubectl, noStore.WaitFor, noStore.Curl, noStore.Kubectl, nothing],
            runs
        );
        return (store, noStore, nothing.Time);

        Turns In(IReadOnlyDictionary<string, string> environment) =>
            new(new(stage.WaitFor(job), environment), new(stage.Curl(job), environment), new(stage.Kubectl(job), environment));
    }

    /// <summary>Time from start to exit for a Deployment whose rollout is complete: the gate, <c>kubectl rollout status</c> and
    /// <c>kubectl wait</c>.</summary>
    public static async Task<(Turn WaitFor, Turn Status, Turn Wait)> RolloutAsync(Stage stage, int runs)
    {
        var target = $"deployment/{await stage.CompleteDeploymentAsync()}";
        var (ours, status, wait) = (
            new Turn(stage.WaitForTarget(target), stage.Plain),
            new Turn(stage.KubectlOf("rollout", "status", target), stage.Plain),
            new Turn(stage.KubectlOf("wait", "--for=condition=available", target), stage.Plain)
        );
        await TakeTurnsAsync([ours, status, wait], runs);
        return (ours, status, wait);
    }

    internal static async Task TakeTurnsAsync(Turn[] turns, int runs)
    {
        // Each run has its own order (the same ones every time): who comes after kubectl finds the processor's caches
        // cold, and the server busy with kubectl's connection. No program shall always be that one.
        var order = new Random(Seed: 1);
        for (var run = -1; run < runs; run++) // run -1 fills kubectl's discovery cache and the kernel's, and does not count
        {
            foreach (var turn in turns)
            {
                await Task.Delay(Quiet);
                var end = Child.Run(turn.Command, turn.Environment);
                if (run < 0)
                    continue;
                turn.Time.Add(end.Elapsed);
                turn.Cpu.Add(end.Cpu);
            }

            order.Shuffle(turns);
        }
    }

    /// <summary>How long a waiter still runs after the server has answered the PATCH that completes its Job, and the peak of its memory
    /// until then.</summary>
    public static async Task<(
        Samples WaitFor,
        Samples Kubectl,
        Samples WaitForMemory,
        Samples CurlMemory,
        Samples KubectlMemory
    )> ReactionAsync(Stage stage, int runs)
    {
        var jobs = await stage.RunningJobsAsync((2 * (runs + 1)) + 1);
        var (waitFor, kubectl) = (new Samples(), new Samples());
        var (waitForMemory, curlMemory, kubectlMemory) = (new Samples(), new Samples(), new Samples());
        for (var run = -1; run < runs; run++) // run -1 warms up
        {
            var job = jobs[2 * (run + 1)];
            var first = await ReactAsync(stage, stage.WaitFor(job, more: "-v"), job, failed: false, exitCode: 0);
            var curl = await WatchMemoryAsync(stage, jobs[^1]);
            job = jobs[(2 * (run + 1)) + 1];
            var second = await ReactAsync(stage, stage.Kubectl(job, more: "-v=6"), job, failed: false, exitCode: 0);
            if (run < 0)
                continue;
            waitFor.Add(first.Time);
            waitForMemory.Add(first.Memory);
            curlMemory.Add(curl);
            kubectl.Add(second.Time);
            kubectlMemory.Add(second.Memory);
        }

        await stage.StaysFinishedAsync(jobs[0], "Complete");
        return (waitFor, kubectl, waitForMemory, curlMemory, kubectlMemory);
    }

    /// <summary>The same for a Job that fails. kubectl has no time to tell: it sits the failure out until its time-out.</summary>
    /// <exception cref="MeasureException">kubectl took notice of the failure.</exception>
    public static async Task<Samples> FailureAsync(Stage stage, int runs)
    {
        var jobs = await stage.RunningJobsAsync(runs + 2);
        var waitFor = new Samples();
        for (var run = -1; run < runs; run++)
        {
            var found = await ReactAsync(stage, stage.WaitFor(jobs[run + 1], more: "-v"), jobs[run + 1], failed: true, exitCode: 1);
            if (run >= 0)
                waitFor.Add(found.Time);
        }

        var log = stage.File("never.log");
        using var kubectl = Child.Start(stage.Kubectl(jobs[^1], NeverAfter, "-v=6"), stage.Plain, log);
        await WatchingAsync(kubectl, log);
        await stage.FinishAsync(jobs[^1], failed: true);
        await kubectl.EndsWithAsync(1, "kubectl wait for a failed Job");
        await stage.StaysFinishedAsync(jobs[^1], "Failed");
        return (await File.ReadAllTextAsync(log)).Contains("timed out waiting for the condition", StringComparison.Ordinal)
            ? waitFor
            : throw new MeasureException($"kubectl wait for a failed Job ended before its time-out of {NeverAfter}");
    }

    /// <summary>How many requests a waiter sends in its first minute, by its own log, and what the server counted for both
    /// together.</summary>
    public static async Task<(int WaitFor, int Kubectl)> RequestsAsync(Stage stage)
    {
        var jobs = await stage.RunningJobsAsync(2);
        var before = await stage.RequestsOnJobsAsync();
        var (waitForLog, kubectlLog) = (stage.File("requests-wait-for.log"), stage.File("requests-kubectl.log"));
        using (var waitFor = Child.Start(stage.WaitFor(jobs[0], "90s", "-v"), stage.Plain, waitForLog))
        using (var kubectl = Child.Start(stage.Kubectl(jobs[1], "90s", "-v=6"), stage.Plain, kubectlLog))
        {
            // Ended by the Job: a time-out would be followed by a report, which reads more.
            await Task.Delay(TimeSpan.FromMinutes(1));
            await stage.FinishAsync(jobs[0], failed: false);
            await stage.FinishAsync(jobs[1], failed: false);
            await waitFor.EndsWithAsync(0, "wait-for");
            await kubectl.EndsWithAsync(0, "kubectl wait");
        }

        var (ofWaitFor, ofKubectl) = (Requests.Sent(waitForLog), Requests.Sent(kubectlLog));
        await Requests.AgreeAsync(stage, before, ofWaitFor.OnJobs + ofKubectl.OnJobs);
        return (ofWaitFor.All, ofKubectl.All);
    }

    private static async Task<(TimeSpan Time, double Memory)> ReactAsync(
        Stage stage,
        string[] command,
        string job,
        bool failed,
        int exitCode
    )
    {
        var log = stage.File("child.log");
        using var child = Child.Start(command, stage.Plain, log);
        await WatchingAsync(child, log);
        var memory = child.PeakMemory();
        await stage.FinishAsync(job, failed);
        var answered = Stopwatch.GetTimestamp();
        var end = await child.EndsWithAsync(exitCode, command[0]);
        return (Stopwatch.GetElapsedTime(answered, end.At), memory);
    }

    /// <summary>Peak memory of curl with a watch open.</summary>
    private static async Task<double> WatchMemoryAsync(Stage stage, string job)
    {
        using var child = Child.Start(stage.CurlWatch(job), stage.Plain);
        await Task.Delay(Settled);
        return child.PeakMemory();
    }

    /// <summary>Waits until the server has accepted the child's watch. Both programs say so in their logs, wait-for with -v and kubectl
    /// with -v=6.</summary>
    public static async Task WatchingAsync(Child child, string log)
    {
        var since = Stopwatch.GetTimestamp();
        while (!File.ReadLines(log).Any(Accepted))
        {
            if (child.End.IsCompleted || Stopwatch.GetElapsedTime(since) > WatchLimit)
                throw new MeasureException($"no accepted watch in the log: {(await File.ReadAllTextAsync(log)).ReplaceLineEndings(" | ")}");
            await Task.Delay(5);
        }

        await Task.Delay(Settled);

        static bool Accepted(string line) =>
            line.Contains("watch=", StringComparison.Ordinal)
            && (
                line.Contains(": HTTP 200", StringComparison.Ordinal)
                || line.Contains(" 200 OK in ", StringComparison.Ordinal)
                || line.Contains("status=\"200 OK\"", StringComparison.Ordinal)
            );
    }
}
