namespace WaitFor.Cluster.Tests;

/// <summary>Jobs that the real job controller works on; the test plays the kubelet.</summary>
public sealed class JobTests
{
    [ClusterFact]
    public async Task Opens_when_the_Job_completes()
    {
        using var cluster = await Cluster.CreateAsync();
        await using var gate = cluster.Gate("job/db-migrate");
        await gate.LogsAsync($"job/db-migrate: not found (namespace {cluster.Namespace})");
        await cluster.CreateJobAsync("db-migrate");
        await gate.LogsAsync("job/db-migrate: running, 1 active of 1");
        await cluster.FinishPodAsync("db-migrate", succeeded: true);

        Assert.Equal(0, await gate.ExitAsync());
        Assert.Contains("job/db-migrate: complete", gate.Log, StringComparison.Ordinal);
    }

    [ClusterTheory]
    [InlineData("job/db", 1)]
    [InlineData("job-we/db", 0)]
    [InlineData("job-wr/db", 1)]
    public async Task Ends_when_the_Job_fails(string target, int exitCode)
    {
        using var cluster = await Cluster.CreateAsync();
        await cluster.CreateJobAsync("db");
        await using var gate = cluster.Gate(target);
        await gate.LogsAsync($"{target}: running");
        await cluster.FinishPodAsync("db", succeeded: false);

        Assert.Equal(exitCode, await gate.ExitAsync());
        Assert.Contains("BackoffLimitExceeded: Job has reached the specified backoff limit", gate.Log, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task A_retried_Job_that_completes_opens()
    {
        using var cluster = await Cluster.CreateAsync();
        await cluster.CreateJobAsync("db", backoffLimit: 3);
        await using var gate = cluster.Gate("job/db");
        await gate.LogsAsync("job/db: running, 1 active of 1");
        await cluster.FinishPodAsync("db", succeeded: false);
        await gate.LogsAsync("1 failed");
        // The controller's own back-off is 10 s.
        await cluster.FinishPodAsync("db", succeeded: true);

        Assert.Equal(0, await gate.ExitAsync());
    }

    [ClusterFact]
    public async Task A_Job_that_is_created_suspended_opens_only_after_it_was_resumed_and_is_complete()
    {
        using var cluster = await Cluster.CreateAsync();
        await cluster.CreateJobAsync("db", suspend: true, parallelism: cluster.HasSuspend ? 1 : 0);
        if (!cluster.HasSuspend)
            await cluster.SetSuspendedByHandAsync("db", suspended: true);
        await using var gate = cluster.Gate("job/db");
        await gate.LogsAsync("job/db: suspended");
        Assert.True(gate.Running);

        if (!cluster.HasSuspend)
        {
            await cluster.SetSuspendedByHandAsync("db", suspended: false);
            await gate.LogsAsync("job/db: not started");
        }

        await cluster.Admin.PatchAsync(
            $"/apis/batch/v1/namespaces/{cluster.Namespace}/jobs/db",
            Cluster.Parse("""{"spec":{"suspend":false,"parallelism":1}}""")
        );
        await gate.LogsAsync("job/db: running");
        await cluster.FinishPodAsync("db", succeeded: true);

        Assert.Equal(0, await gate.ExitAsync());
    }

    [ClusterFact]
    public async Task A_Job_without_any_pod_is_not_started()
    {
        using var cluster = await Cluster.CreateAsync();
        await cluster.CreateJobAsync("db", parallelism: 0);

        await using var gate = cluster.Gate("job/db --timeout 2s");

        Assert.Equal(124, await gate.ExitAsync());
        Assert.Contains(
            $"job/db (namespace {cluster.Namespace}): timed out after 2s: not started, no pod yet",
            gate.Log,
            StringComparison.Ordinal
        );
    }

    [ClusterFact]
    public async Task A_Job_that_is_deleted_and_recreated_is_judged_anew()
    {
        using var cluster = await Cluster.CreateAsync();
        await cluster.CreateJobAsync("db");
        await using var gate = cluster.Gate("job/db");
        await gate.LogsAsync("job/db: running");
        await cluster.DeleteJobAsync("db");
        await gate.LogsAsync("job/db: deleted while running");
        await cluster.CreateJobAsync("db");
        await cluster.FinishPodAsync("db", succeeded: true);

        Assert.Equal(0, await gate.ExitAsync());
    }

    [ClusterTheory]
    [InlineData("--expect-label release=v42", "stale: label release is \"v41\", expected \"v42\"")]
    [InlineData("--expect-image shop-migrate:v42", "stale: image is shop-migrate:v41, expected shop-migrate:v42")]
    public async Task The_last_releases_Job_does_not_open(string option, string line)
    {
        using var cluster = await Cluster.CreateAsync();
        await cluster.CreateJobAsync("db", labels: """{"release":"v41"}""", image: "shop-migrate:v41");
        await cluster.FinishPodAsync("db", succeeded: true);
        await using var gate = cluster.Gate("job/db " + option);
        await gate.LogsAsync(line);
        await cluster.DeleteJobAsync("db");
        await gate.LogsAsync("job/db: not found");
        await cluster.CreateJobAsync("db", labels: """{"release":"v42"}""", image: "shop-migrate:v42");
        await gate.LogsAsync("job/db: running");
        await cluster.FinishPodAsync("db", succeeded: true);

        Assert.Equal(0, await gate.ExitAsync());
    }

    [ClusterFact]
    public async Task Three_Jobs_by_selector_of_which_one_fails()
    {
        using var cluster = await Cluster.CreateAsync();
        foreach (var name in new[] { "a", "b", "c" })
            await cluster.CreateJobAsync(name, labels: """{"release":"v42"}""");
        await using var gate = cluster.Gate("job -l release=v42");
        await gate.LogsAsync("0 of 3 Jobs complete");
        await cluster.FinishPodAsync("a", succeeded: true);
        await gate.LogsAsync("1 of 3 Jobs complete");
        await cluster.FinishPodAsync("b", succeeded: false);

        Assert.Equal(1, await gate.ExitAsync());
        Assert.Contains("job:release=v42: b: failed: BackoffLimitExceeded", gate.Log, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task Two_targets_in_two_namespaces()
    {
        using var cluster = await Cluster.CreateAsync();
        var other = await cluster.AnotherNamespaceAsync();
        await cluster.CreateJobAsync("db");
        await cluster.CreateJobAsync("db", @namespace: other);
        await using var gate = cluster.Gate($"job/db {other}/job/db");
        await gate.LogsAsync($"{cluster.Namespace}/job/db: running");
        await cluster.FinishPodAsync("db", succeeded: true);
        await gate.LogsAsync($"{cluster.Namespace}/job/db: complete");
        Assert.True(gate.Running);
        await cluster.FinishPodAsync("db", succeeded: true, @namespace: other);

        Assert.Equal(0, await gate.ExitAsync());
    }

    [ClusterTheory]
    [InlineData("wait", 124)]
    [InlineData("fail", 4)]
    [InlineData("pass", 0)]
    public async Task A_missing_Job_is_what_the_option_says(string onMissing, int exitCode)
    {
        using var cluster = await Cluster.CreateAsync();

        await using var gate = cluster.Gate($"job/db --timeout 2s --on-missing={onMissing}");

        Assert.Equal(exitCode, await gate.ExitAsync());
        Assert.Contains("job/db: not found", gate.Log, StringComparison.Ordinal);
    }
}
