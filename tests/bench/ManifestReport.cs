using System.Globalization;
using WaitFor.Testing;

namespace WaitFor.Bench;

/// <summary>Many Deployments of one manifest: <c>wait-for -f</c> beside kubectl's commands with <c>-f</c>.</summary>
internal static class ManifestReport
{
    private const int Deployments = 50;

    /// <summary>Few: kubectl takes many seconds, as it sends a handful of requests a second.</summary>
    private const int Runs = 5;

    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    /// <summary>Measures and prints one table.</summary>
    /// <param name="server">The server.</param>
    /// <param name="tools">The programs.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="output">Takes the table.</param>
    public static async Task MeasureAsync(ControlPlane server, Tools tools, Stage stage, TextWriter output)
    {
        var loadAtStart = Machine.Load;
        var names = new List<string>();
        for (var index = 0; index < Deployments; index++)
            names.Add(await stage.CompleteDeploymentAsync($"web-{index}"));
        var complete = await WriteAsync(stage, "complete.yaml", names);
        var (ours, status, wait) = (
            new Measures.Turn(stage.WaitForFile(complete), stage.Plain),
            new Measures.Turn(stage.KubectlOf("rollout", "status", "-f", complete), stage.Plain),
            new Measures.Turn(stage.KubectlOf("wait", "--for=condition=available", "-f", complete), stage.Plain)
        );
        await Measures.TakeTurnsAsync([ours, status, wait], Runs);

        // One that never becomes complete, so that all wait.
        names.Add(await stage.CompleteDeploymentAsync("never", replicas: 1));
        var never = await WriteAsync(stage, "never.yaml", names);
        var (memory, requests) = await WaitingAsync(stage, [.. stage.WaitForFile(never), "-v"], "waiting.log");
        var (statusMemory, statusRequests) = await WaitingAsync(
            stage,
            stage.KubectlOf("rollout", "status", "-v=6", "-f", never),
            "status.log"
        );
        var (waitMemory, waitRequests) = await WaitingAsync(
            stage,
            stage.KubectlOf("wait", "-v=6", "--timeout=1m", "--for=condition=available", "-f", never),
            "wait.log"
        );

        output.WriteLine($"{Deployments} complete Deployments of one manifest, by -f. Medians of {Runs} alternating runs on one server.");
        output.WriteLine(
            $"  machine   {Machine.Cores}, Linux {Machine.Kernel}, load {loadAtStart} at the start, {Machine.Load} at the end"
        );
        output.WriteLine($"  server    Kubernetes {server.KubernetesVersion} on the same machine; CA from a file, bearer token");
        output.WriteLine($"  wait-for  {tools.WaitForVersion}");
        output.WriteLine($"  requests and memory: with one more Deployment that never becomes complete, after {Settled.TotalSeconds:0} s");
        output.WriteLine();
        var table = new Table("wait-for", "rollout status", "kubectl wait", "of status", "of wait");
        table.Row("start to exit", Table.Ms, ours.Time.Median, status.Time.Median, wait.Time.Median);
        table.Row("processor time", Table.Ms, ours.Cpu.Median, status.Cpu.Median, wait.Cpu.Median);
        table.Row("requests", Table.Number, requests, statusRequests, waitRequests);
        table.Row("peak memory", Table.Mb, memory, statusMemory, waitMemory);
        table.Print(output);
    }

    private static async Task<(double Memory, double Requests)> WaitingAsync(Stage stage, string[] command, string name)
    {
        var log = stage.File(name);
        using var child = Child.Start(command, stage.Plain, log);
        await Task.Delay(Settled);
        return (child.PeakMemory(), Requests.Sent(log).All);
    }

    private static async Task<string> WriteAsync(Stage stage, string name, IReadOnlyList<string> deployments)
    {
        var file = stage.File(name);
        await File.WriteAllTextAsync(
            file,
            string.Concat(
                deployments.Select(one =>
                    string.Create(CultureInfo.InvariantCulture, $"---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {one}}}\n")
                )
            )
        );
        return file;
    }
}
