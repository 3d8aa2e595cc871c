using System.Diagnostics;
using System.Globalization;
using WaitFor.Testing;

namespace WaitFor.Bench;

/// <summary>What a gate costs on each rung of the ladder of access, which its Role decides.</summary>
internal static class Rungs
{
    private static readonly TimeSpan StartPace = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Steady = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(2);

    /// <summary>All gates are started: time for the last ones to come to rest.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(12);

    /// <summary>A rung, and the verbs of the Role that leads to it.</summary>
    private sealed record Way(string Name, params string[] Verbs)
    {
        public string Kubeconfig { get; set; } = "";

        public Samples StartToExit { get; } = new();

        public Samples Reaction { get; } = new();
    }

    /// <summary>Measures all rungs and prints one table.</summary>
    /// <param name="server">The server.</param>
    /// <param name="tools">The programs.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="runs">Alternating runs from start to exit, and a quarter of them of the reaction.</param>
    /// <param name="gates">How many gates at once.</param>
    /// <param name="output">Takes the table.</param>
    public static async Task MeasureAsync(ControlPlane server, Tools tools, Stage stage, int runs, int gates, TextWriter output)
    {
        var loadAtStart = Machine.Load;
        var ways = await WaysAsync(server, stage);
        await TimesAsync(stage, ways, runs);
        var rows = new List<(Way Way, double Requests, double Each, double Share)>();
        foreach (var way in ways)
            rows.Add(await SteadyAsync(server, stage, way, gates));

        output.WriteLine("One gate on each rung of the ladder of access, and many of them for a minute, on one server.");
        output.WriteLine(
            $"  machine   {Machine.Cores}, Linux {Machine.Kernel}, load {loadAtStart} at the start, {Machine.Load} at the end"
        );
        output.WriteLine($"  server    Kubernetes {server.KubernetesVersion} on the same machine; CA from a file, bearer token");
        output.WriteLine($"  wait-for  {tools.WaitForVersion}; {gates} gates on one running Job, --poll-interval 5s (the default)");
        output.WriteLine("  processor time of kube-apiserver alone, without what it takes when idle, once all gates are waiting");
        output.WriteLine();
        var table = new Table("Role's verbs", "start to exit", "exit after", "requests/min", "server CPU/min", "memory (PSS)");
        foreach (var (way, requests, each, share) in rows)
        {
            table.Row(
                way.Name,
                string.Join(',', way.Verbs),
                Table.Ms(way.StartToExit.Median),
                Table.Ms(way.Reaction.Median),
                requests.ToString("0.0", CultureInfo.InvariantCulture),
                Table.Ms(each),
                Table.Mb(share)
            );
        }

        table.Print(output);
    }

    private static async Task<List<Way>> WaysAsync(ControlPlane server, Stage stage)
    {
        List<Way> ways =
        [
            new("list and watch", "get", "list", "watch"),
            new("polling lists", "get", "list"),
            new("polling gets", "get"),
        ];
        // The first version that sends initial events with a watch by default:
        // https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists
        if (server.KubernetesVersion >= new Version(1, 32))
            ways.Add(new Way("WatchList", "watch"));
        foreach (var way in ways)
        {
            var account = "rung-" + string.Join('-', way.Verbs);
            await server.Admin.CreateServiceAccountAsync(stage.Namespace, account);
            await server.Admin.AllowAsync(stage.Namespace, account, new AccessRule("batch", ["jobs"], [.. way.Verbs]));
            var token = await server.Admin.CreateServiceAccountTokenAsync(stage.Namespace, account);
            way.Kubeconfig = stage.File(account + ".kubeconfig");
            var text = await File.ReadAllTextAsync(server.KubeConfigFile);
            await File.WriteAllTextAsync(way.Kubeconfig, text.Replace(server.AdminToken, token, StringComparison.Ordinal));
        }

        return ways;
    }

    private static async Task TimesAsync(Stage stage, List<Way> ways, int runs)
    {
        var complete = await stage.CompleteJobAsync();
        for (var run = -1; run < runs; run++)
        {
            foreach (var way in ways)
            {
                var end = Child.Run(Gate(stage, way, complete), stage.Plain);
                if (run >= 0)
                    way.StartToExit.Add(end.Elapsed);
            }
        }

        for (var run = 0; run < runs / 4; run++)
        {
            foreach (var way in ways)
            {
                var (job, log) = ((await stage.RunningJobsAsync(1))[0], stage.File($"rung-{run}-{way.Verbs.Length}.log"));
                using var gate = Child.Start(Gate(stage, way, job), stage.Plain, log);
                await SaysAsync(log, "running");
                await stage.FinishAsync(job, failed: false);
                var answered = Stopwatch.GetTimestamp();
                var end = await gate.EndsWithAsync(0, "wait-for");
                way.Reaction.Add((end.At - answered) * 1000.0 / Stopwatch.Frequency);
            }
        }
    }

    private static async Task<(Way Way, double Requests, double Each, double Share)> SteadyAsync(
        ControlPlane server,
        Stage stage,
        Way way,
        int gates
    )
    {
        var job = (await stage.RunningJobsAsync(1))[0];
        var idleBefore = Machine.ProcessorTime(server.ApiServerProcessId);
        await Task.Delay(Settled);
        var idle = (Machine.ProcessorTime(server.ApiServerProcessId) - idleBefore) * (Steady / Settled);
        var children = new List<Child>(gates);
        try
        {
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < gates; i++)
            {
                children.Add(Child.Start(Gate(stage, way, job), stage.Plain));
                if ((i + 1) * StartPace - Stopwatch.GetElapsedTime(started) is { Ticks: > 0 } ahead)
                    await Task.Delay(ahead);
            }

            await Task.Delay(Settled);
            var (requests, time, begun) = (
                await stage.RequestsOnJobsAsync(),
                Machine.ProcessorTime(server.ApiServerProcessId),
                Stopwatch.GetTimestamp()
            );
            await Task.Delay(Steady);
            var minutes = Stopwatch.GetElapsedTime(begun) / Steady;
            time = Machine.ProcessorTime(server.ApiServerProcessId) - time;
            requests = await stage.RequestsOnJobsAsync() - requests;
            var share = new Samples();
            foreach (var child in children)
            {
                if (child.End.IsCompleted)
                    throw new MeasureException($"a gate that is {way.Name} has ended");
                share.Add(child.SharedOutMemory());
            }

            return (way, requests / minutes / gates, (time - (idle * minutes)).TotalMilliseconds / minutes / gates, share.Mean);
        }
        finally
        {
            children.ForEach(child => child.Dispose());
        }
    }

    private static string[] Gate(Stage stage, Way way, string job)
    {
        var command = stage.WaitFor(job, "10m");
        command[Array.IndexOf(command, "--kubeconfig") + 1] = way.Kubeconfig;
        return command;
    }

    private static async Task SaysAsync(string log, string what)
    {
        for (var since = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(since) < ReadyLimit; await Task.Delay(20))
        {
            if (File.Exists(log) && (await File.ReadAllTextAsync(log)).Contains(what, StringComparison.Ordinal))
                return;
        }

        throw new MeasureException($"a gate did not say \"{what}\" within {ReadyLimit.TotalMinutes} min");
    }
}
