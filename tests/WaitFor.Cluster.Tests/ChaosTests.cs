using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using WaitFor.Testing;
using Xunit.Abstractions;

namespace WaitFor.Cluster.Tests;

/// <summary>
/// Runs after all other tests, and alone: it takes both cores of a small machine, and the others' patience is meant for
/// a machine that answers. Its control plane is its own, since it is killed.
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>No gate opens by mistake and none hangs while the API server and etcd are killed again and again.</summary>
[Collection(nameof(Alone))]
public sealed class ChaosTests(ITestOutputHelper output)
{
    private const int Gates = 200;
    private const int Rounds = 20;

    /// <summary>etcd is killed in the middle.</summary>
    private const int EtcdRound = 10;

    /// <summary>After the last change a gate's longest pause is over in 10 s; a gate that has not ended by then hangs.</summary>
    private static readonly TimeSpan LongestReaction = TimeSpan.FromSeconds(60);

    [ClusterFact]
    public async Task Every_gate_ends_as_its_Job_did_while_the_servers_are_killed()
    {
        var start = Stopwatch.GetTimestamp();
        await using var control = await ControlPlane.StartAsync(ControlPlaneAssets.Find()!);
        var ns = await control.Admin.CreateNamespaceAsync("chaos");
        await control.Admin.CreateServiceAccountAsync(ns, "gate");
        await control.Admin.AllowAsync(ns, "gate", new AccessRule("batch", ["jobs"], ["list", "watch"]));
        var token = await control.Admin.CreateServiceAccountTokenAsync(ns, "gate");
        await control.KillControllersAsync();
        using var relay = new Relay(control.Server.Port);
        var (direct, relayed) = (
            await WriteKubeconfigAsync(control, token, control.Server.Port),
            await WriteKubeconfigAsync(control, token, relay.Port)
        );

        var gates = ChaosGate.Plan(Gates, Rounds);
        var jobs = new ChaosJobs(control, ns);
        await Parallel.ForEachAsync(gates, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (gate, _) =>
            await gate.CreateJobAsync(jobs)
        );
        var processes = gates.Select(gate => gate.Start(ns, gate.BehindRelay ? relayed : direct)).ToList();
        try
        {
            foreach (var (gate, process) in gates.Zip(processes))
                await process.LogsAsync($"job/{gate.Name}: running");

            var (outages, prepared) = (new List<Outage>(), Stopwatch.GetElapsedTime(start));
            for (var round = 1; round <= Rounds; round++)
                await RoundAsync(round, control, relay, new Players(gates, jobs), outages);
            await Task.WhenAny(Task.WhenAll(gates.Select(gate => gate.End)), Task.Delay(LongestReaction));

            // An etcd that had lost a write would make the gates right and the test wrong.
            Assert.Equal(gates.ToDictionary(gate => gate.Name, gate => (string?)gate.Condition), await jobs.EndsAsync());
            Report(gates, outages, prepared, Stopwatch.GetElapsedTime(start));
        }
        finally
        {
            foreach (var process in processes)
                await process.DisposeAsync();
        }
    }

    /// <summary>One kill of the API server, with changes before, under and right after it.</summary>
    private static async Task RoundAsync(int round, ControlPlane control, Relay relay, Players players, List<Outage> outages)
    {
        await players.PlayAsync(round, Moment.Up);
        if (players.Have(round, Moment.CutOff))
        {
            // What came before the cut is on its way, and shall arrive.
            await Task.Delay(100);
            relay.Cut();
            await players.PlayAsync(round, Moment.CutOff);
            relay.Restore();
            // What hangs goes on before the kill, which would have it asked again.
            await Task.Delay(500);
        }

        // Some of these writes are acknowledged, some are cut, some find no server: all are repeated until they are through.
        var underKill = players.PlayAsync(round, Moment.Killed);
        await Task.WhenAny(underKill, Task.Delay(TimeSpan.FromMilliseconds(3 * (round % 4))));
        var down = Stopwatch.GetTimestamp();
        await control.KillApiServerAsync();
        await control.StartApiServerAsync();
        outages.Add(new Outage(down, Stopwatch.GetTimestamp()));
        await underKill;

        if (round == EtcdRound)
        {
            // Now the gates come back, to a server that has lost its data base.
            down = Stopwatch.GetTimestamp();
            await control.KillEtcdAsync();
            var underEtcd = players.PlayAsync(round, Moment.JustBack);
            await Task.Delay(TimeSpan.FromSeconds(1));
            await control.StartEtcdAsync();
            outages.Add(new Outage(down, Stopwatch.GetTimestamp()));
            await underEtcd;
            return;
        }

        await players.PlayAsync(round, Moment.JustBack);
        // In some rounds most gates are watching again before the next kill, in others they are caught on their way.
        await Task.Delay(TimeSpan.FromMilliseconds(round % 4 == 0 ? 2000 : 150 * (round % 4)));
    }

    private void Report(IReadOnlyList<ChaosGate> gates, List<Outage> outages, TimeSpan prepared, TimeSpan all)
    {
        var wrong = gates.Select(gate => (Gate: gate, Wrong: gate.Wrong())).Where(gate => gate.Wrong is not null).ToList();
        var reactions = gates.Except(wrong.Select(gate => gate.Gate)).Select(gate => Reaction(gate, outages)).Order().ToList();
        var lost = gates.Sum(gate => gate.Log.Split('\n').Count(line => line.EndsWith("; trying again", StringComparison.Ordinal)));
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"chaos: {gates.Count} gates ({gates.Count(gate => gate.Recreated)} of the Jobs recreated), {Rounds} restarts of "
                + $"kube-apiserver and 1 of etcd, {lost} losses of contact, {wrong.Count} wrong verdicts, slowest reaction "
                + $"{reactions.LastOrDefault().TotalSeconds:0.0} s after the server was back (median "
                + $"{reactions.ElementAtOrDefault(reactions.Count / 2).TotalSeconds:0.00} s); took {all.TotalSeconds:0} s: "
                + $"{prepared.TotalSeconds:0} s to prepare, {outages.Sum(outage => outage.Length.TotalSeconds):0} s of outages"
        );
        output.WriteLine(line);
        // The runner keeps what a test that passed has to say to itself; tests/run prints this.
        File.WriteAllText(
            Path.Combine(Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "log")).FullName, "chaos.txt"),
            line + "\n"
        );

        var some = wrong
            .Take(5)
            .Select(gate =>
            {
                var life = gate.Gate.Acts.Select(act => $"{act.Round} {act.Moment}: {string.Join(' ', act.Steps)}");
                return $"{gate.Gate.Name} {gate.Wrong}, life {string.Join(", ", life)}:\n{gate.Gate.Log}";
            });
        Assert.True(wrong.Count == 0, $"{line}\n{string.Join('\n', some)}");
        // Else nothing was shown: all were watching before the first kill.
        Assert.All(gates.Where(gate => gate.Acts[^1].Round > 1), gate =>
            Assert.Contains("; trying again", gate.Log, StringComparison.Ordinal)
        );
    }

    /// <summary>From the deciding write's acknowledgement, or from when the server was last found ready before the gate's end, to that end.
    /// A server answers some
    /// before it is found ready: for a gate that ends in between, the whole outage counts.</summary>
    private static TimeSpan Reaction(ChaosGate gate, List<Outage> outages)
    {
        var (acknowledged, ended) = (gate.Decided!.Value.Acknowledged, gate.End.Result.At);
        var since = Math.Max(acknowledged, outages.Select(outage => outage.Back).LastOrDefault(at => at <= ended));
        return Stopwatch.GetElapsedTime(Math.Min(since, ended), ended);
    }

    private static async Task<string> WriteKubeconfigAsync(ControlPlane control, string token, int port)
    {
        var config = JsonNode.Parse(await File.ReadAllTextAsync(control.KubeConfigFile))!;
        config["clusters"]![0]!["cluster"]!["server"] = new UriBuilder(control.Server) { Port = port }.Uri.GetLeftPart(
            UriPartial.Authority
        );
        config["users"]![0]!["user"]!["token"] = token;
        var file = Path.Combine(control.Folder, $"gate-{port}.kubeconfig");
        await File.WriteAllTextAsync(file, config.ToJsonString());
        return file;
    }

    /// <summary>A time without the API server, or without its data base.</summary>
    private readonly record struct Outage(long Down, long Back)
    {
        public TimeSpan Length => Stopwatch.GetElapsedTime(Down, Back);
    }

    /// <summary>Plays what is due, for all Jobs side by side.</summary>
    private sealed class Players(IReadOnlyList<ChaosGate> gates, ChaosJobs jobs)
    {
        private IEnumerable<(ChaosGate Gate, Act Act)> Due(int round, Moment moment) =>
            gates.SelectMany(gate => gate.Acts.Where(act => act.Round == round && act.Moment == moment).Select(act => (gate, act)));

        public bool Have(int round, Moment moment) => Due(round, moment).Any();

        public Task PlayAsync(int round, Moment moment) =>
            Task.WhenAll(Due(round, moment).Select(due => due.Gate.PlayAsync(due.Act, jobs)));
    }
}
