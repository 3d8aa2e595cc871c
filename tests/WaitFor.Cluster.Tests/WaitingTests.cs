namespace WaitFor.Cluster.Tests;

/// <summary>What a gate does while it waits, and how it is ended from outside.</summary>
public sealed class WaitingTests
{
    [ClusterTheory]
    [InlineData(15, 143, "SIGTERM")]
    [InlineData(2, 130, "SIGINT")]
    public async Task A_signal_while_watching_ends_it_with_the_state_in_one_line(int signal, int exitCode, string name)
    {
        using var cluster = await Cluster.CreateAsync();
        await cluster.CreateJobAsync("db");
        await using var gate = cluster.Gate("job/db");
        await gate.LogsAsync("job/db: running");

        gate.Signal(signal);

        Assert.Equal(exitCode, await gate.ExitAsync());
        // status.ready exists since 1.24 (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/).
        Assert.EndsWith(
            VersionedText.For(
                cluster.KubernetesVersion,
                $"error: {name}: interrupted: job/db: running, 1 active of 1<<1.24+| (0 ready)>>\n"
            ),
            gate.Log,
            StringComparison.Ordinal
        );
    }

    [ClusterFact]
    public async Task A_minute_of_waiting_is_one_list_and_one_watch()
    {
        using var cluster = await Cluster.CreateAsync();
        await cluster.CreateJobAsync("db");
        await using var gate = cluster.Gate("job/db -v");
        await gate.LogsAsync("job/db: running");
        await gate.LogsAsync("still waiting after 60s");
        await cluster.FinishPodAsync("db", succeeded: true);

        Assert.Equal(0, await gate.ExitAsync());
        var requests = gate
            .Log.Split('\n')
            .Where(line => line.Contains(" GET /", StringComparison.Ordinal) && !line.Contains(": HTTP", StringComparison.Ordinal))
            .ToList();
        Assert.Equal(2, requests.Count(line => line.Contains("/jobs?", StringComparison.Ordinal)));
        // After a minute the gate looks at the Job's pods, once.
        Assert.InRange(requests.Count, 2, 3);
    }
}
