using System.Text.Json.Nodes;
using WaitFor.Cluster.Tests.Examples;

namespace WaitFor.Cluster.Tests.Flows;

/// <summary>The chart without its hook, and with one that comes too late.</summary>
public sealed class HelmHookTests
{
    private const string Next = "v43";

    /// <summary>A time-out that a gate reaches after it has seen everything.</summary>
    private static readonly (string, string)[] Short = [("WAIT_FOR_TIMEOUT", "2s")];

    [DryRunTheory]
    [InlineData("install")]
    [InlineData("upgrade")]
    public async Task Without_hooks_the_gate_waits_until_a_deploy_runs_them(string verb)
    {
        await using var flow = await Flow.StartWithoutDatabaseAsync("plain");
        var chart = new ShopChart(flow);
        if (verb == "upgrade")
        {
            await chart.DeployAsync("install", "v42", "--set", "replicas=1");
            await flow.ServeAsync(await flow.ServicePodsAsync(ShopChart.Job("v42"), 1));
        }

        var ended = await chart.StartAsync(verb, Next, "--no-hooks", "--set", "replicas=1");
        Assert.True(ended.ExitCode == 0, ended.ToString());
        var pods = await flow.ServicePodsAsync(ShopChart.Job(Next), 1);
        await flow.RightsHoldAsync();
        var gate = await pods[0].StartGateAsync(Short);
        Assert.True(await pods[0].FinishAsync(gate) == 124, gate.Process.Log);
        Assert.Contains($"job/{ShopChart.Job(Next)}", gate.Message, StringComparison.Ordinal);
        // The last release's Job is Complete, and does not count.
        Assert.Equal(verb == "upgrade" ? [ShopChart.Job("v42")] : [], await chart.JobsAsync());
        await flow.ServiceIsReadyAsync(verb == "upgrade" ? 1 : 0);

        await chart.DeployAsync("upgrade", Next, "--set", "replicas=1");
        await flow.ServeAsync(await flow.ServicePodsAsync(ShopChart.Job(Next), 1));
        await flow.ServiceIsReadyAsync(1);
    }

    /// <summary>Helm waits for the Deployment before it makes the Job for which the Deployment waits.</summary>
    [DryRunFact]
    public async Task The_report_names_a_post_upgrade_hook_that_deadlocks_with_wait()
    {
        await using var flow = await Flow.StartWithoutDatabaseAsync("plain");
        var chart = new ShopChart(flow, WithHook(flow.Cluster.NewFile(), "post-install,post-upgrade"));
        // Without --wait the hook runs as soon as the Deployment is made.
        await chart.DeployAsync("install", "v42", "--set", "replicas=1");
        await flow.ServeAsync(await flow.ServicePodsAsync(ShopChart.Job("v42"), 1));

        var upgrade = chart.StartAsync("upgrade", Next, "--set", "replicas=1", "--wait", "--timeout", "15s");
        var pods = await flow.ServicePodsAsync(ShopChart.Job(Next), 1);
        await flow.RightsHoldAsync();
        var gate = await pods[0].StartGateAsync(Short);
        Assert.True(await pods[0].FinishAsync(gate) == 124, gate.Process.Log);
        Assert.All([Golden.ReportOf(gate.Process.Log), gate.Message], report =>
        {
            Assert.Contains(
                $"Job {ShopChart.Job("v42")} is a Helm hook (post-install,post-upgrade): with --wait",
                report,
                StringComparison.Ordinal
            );
            Assert.Contains("Make the Job a pre-install,pre-upgrade hook.", report, StringComparison.Ordinal);
        });

        var ended = await upgrade;
        Assert.True(ended.ExitCode == 1, ended.ToString());
        Assert.Equal([ShopChart.Job("v42")], await chart.JobsAsync());
        Assert.Equal(["deployed", "failed"], await chart.HistoryAsync());
    }

    /// <summary>A copy of the chart whose Job is another hook.</summary>
    private static string WithHook(string folder, string hook)
    {
        var chart = ExampleFiles.In("helm/shop");
        foreach (var file in Directory.EnumerateFiles(chart, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(chart, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            var text = File.ReadAllText(file);
            File.WriteAllText(
                copy,
                Path.GetFileName(file) == "job.yaml" ? text.Replace("pre-install,pre-upgrade", hook, StringComparison.Ordinal) : text
            );
        }

        return folder;
    }
}
