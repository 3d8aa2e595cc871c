using WaitFor.Testing;

namespace WaitFor.Cluster.Tests;

/// <summary>What a person reads when the gate did not open, word for word; see <see cref="Golden"/>. Each namespace has a name of as many
/// letters as the one that is shown.</summary>
public sealed class ReportTests
{
    private const string Job = "db-migrate-v42";

    private static readonly string[] ListVerb = ["list"];
    private static readonly string[] JobTarget = ["job/" + Job];

    [ClusterFact]
    public async Task A_missing_Job_with_a_similar_name_there()
    {
        using var cluster = await Cluster.CreateAsync("shpa");
        await cluster.CreateJobAsync("db-migrate-v41");

        await Of(cluster, "missing-similar-name").ShowAsync(124);
    }

    [ClusterFact]
    public async Task A_Job_that_is_in_the_gates_own_namespace()
    {
        using var cluster = await Cluster.CreateAsync("shpb");
        await cluster.Admin.CreateNamespaceExactlyAsync("tstb");
        await cluster.CreateJobAsync("orders-migrate-v7");

        await new Scenario(cluster, "missing-own-namespace", ["tstb/job/orders-migrate-v7"], Shop(cluster, ("tstb", "test"))).ShowAsync(
            124
        );
    }

    [ClusterFact]
    public async Task A_Job_that_is_in_another_namespace_where_all_may_be_looked_at()
    {
        using var cluster = await Cluster.CreateAsync("shpc");
        await cluster.Admin.CreateNamespaceExactlyAsync("stgc");
        // No other test has a Job of this name: all namespaces are searched for it.
        await cluster.CreateJobAsync("stock-migrate-v9", @namespace: "stgc");
        var scenario = new Scenario(cluster, "missing-other-namespace", ["job/stock-migrate-v9"], Shop(cluster, ("stgc", "stag")));
        await scenario.AllowWaitAsync();
        await scenario.AllowReportAsync();
        Assert.DoesNotContain("stgc", await scenario.RunAsync(124, "full"), StringComparison.Ordinal);

        await cluster.AllowEverywhereAsync(
            Scenario.Account,
            new AccessRule("batch", ["jobs"], ListVerb),
            new AccessRule("", ["namespaces"], ListVerb)
        );

        Assert.Contains("job/stock-migrate-v9 is in namespace stgc", await scenario.RunAsync(124, "everywhere"), StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task A_failed_Job_whose_pod_says_why()
    {
        using var cluster = await Cluster.CreateAsync("shpd");
        await cluster.CreateJobAsync(Job, nodeName: Kubelet.Node);
        var kubelet = await Kubelet.OfAsync(cluster.Admin);
        var pod = await cluster.UnfinishedPodAsync(Job);
        kubelet.Log(
            cluster.Namespace,
            pod,
            "migrate",
            "V11__orders.sql: applied in 2 s",
            "V12__add_index.sql: started",
            "V12__add_index.sql: lock timeout",
            "1 applied, 1 failed, 3 left"
        );
        await cluster.FailAsync(pod, "V12__add_index.sql: lock timeout");
        await cluster.ConditionAsync(Job, "Failed");
        await cluster.EventAsync(Job, "BackoffLimitExceeded");

        var report = await Of(cluster, "failed-job").ShowAsync(1);

        Assert.Matches(
            $@"\Ajob/{Job} \(namespace {cluster.Namespace}\): failed \(waited \d+s\): {pod}: V12__add_index\.sql: lock timeout\n",
            report
        );
        // The first gate cannot read logs: the API server refuses before it asks the kubelet.
        var asked = Assert.Single(kubelet.Asked(cluster.Namespace, pod, "migrate"));
        Assert.Equal("20", asked["tailLines"]);
        Assert.DoesNotContain("previous", asked.Keys);
    }

    [ClusterFact]
    public async Task A_container_that_was_started_again_is_told_by_the_log_of_the_run_before()
    {
        using var cluster = await Cluster.CreateAsync("shpe");
        await cluster.CreateJobAsync(Job, nodeName: Kubelet.Node);
        var kubelet = await Kubelet.OfAsync(cluster.Admin);
        var pod = await cluster.UnfinishedPodAsync(Job);
        kubelet.Log(cluster.Namespace, pod, "migrate", [.. Enumerable.Range(1, 30).Select(line => $"line {line}")]);
        await cluster.CrashLoopAsync(pod, "");
        await cluster.EventAsync(Job, "SuccessfulCreate");

        var report = await Of(cluster, "crash-loop").ShowAsync(124);

        Assert.DoesNotContain("line 10\n", report, StringComparison.Ordinal);
        Assert.Contains("line 11\n", report, StringComparison.Ordinal);
        var asked = Assert.Single(kubelet.Asked(cluster.Namespace, pod, "migrate"));
        Assert.Equal("20", asked["tailLines"]);
        Assert.Equal("true", asked["previous"]);
    }

    [ClusterFact]
    public async Task A_Job_whose_pods_a_quota_refuses()
    {
        using var cluster = await Cluster.CreateAsync("shpf");
        await cluster.ForbidPodsAsync("no-pods");
        await cluster.CreateJobAsync(Job);

        await Of(cluster, "quota")
            .ShowAsync(124, async () =>
            {
                // The controller tries again after 10s, which would be one more event: the gate gets a Job that is new.
                await cluster.DeleteJobAsync(Job);
                await cluster.GoneAsync(Job);
                await cluster.CreateJobAsync(Job);
                await cluster.EventAsync(Job, "FailedCreate");
            });
    }

    [ClusterFact]
    public async Task A_service_whose_pods_are_not_ready()
    {
        using var cluster = await Cluster.CreateAsync("shpg");
        var kubelet = await Kubelet.OfAsync(cluster.Admin);
        await cluster.CreateServiceAsync("web", """{"app":"web"}""");
        await cluster.CreatePodAsync("web-0", ready: false, """{"app":"web"}""", "10.9.0.1");
        await cluster.CreatePodAsync("web-1", ready: false, """{"app":"web"}""", "10.9.0.2");
        kubelet.Log(cluster.Namespace, "web-0", "app", "cache: warming up");
        kubelet.Log(cluster.Namespace, "web-1", "app", "cache: warming up");
        await cluster.RecordEventAsync(
            "pods/web-0",
            "Unhealthy",
            "Readiness probe failed: HTTP probe failed with statuscode: 503",
            count: 12
        );
        await cluster.RecordEventAsync(
            "pods/web-1",
            "Unhealthy",
            "Readiness probe failed: HTTP probe failed with statuscode: 503",
            count: 11
        );
        await cluster.EndpointsAsync("web", notReady: 2);
        // Two controllers that write at once tell about it (FailedToUpdateEndpointSlices): that is no part of the scenario.
        await cluster.Admin.DeleteAsync($"/api/v1/namespaces/{cluster.Namespace}/events?fieldSelector=involvedObject.kind%3DService");

        await new Scenario(cluster, "service-not-ready", ["service/web"], Shop(cluster)).ShowAsync(124);
    }

    [ClusterFact]
    public async Task A_pod_that_cannot_pull_its_image()
    {
        using var cluster = await Cluster.CreateAsync("shph");
        await cluster.CreateJobAsync(Job, nodeName: Kubelet.Node);
        var pod = await cluster.UnfinishedPodAsync(Job);
        await cluster.EventAsync(Job, "SuccessfulCreate");
        await cluster.KeepWaitingAsync(pod, "ImagePullBackOff", "Back-off pulling image \\\"shop-migrate:v42\\\"");
        await cluster.RecordEventAsync(
            $"pods/{pod}",
            "Failed",
            "Failed to pull image \"shop-migrate:v42\": rpc error: code = NotFound desc = failed to resolve reference "
                + "\"shop-migrate:v42\": not found",
            count: 4
        );
        await cluster.RecordEventAsync($"pods/{pod}", "BackOff", "Back-off pulling image \"shop-migrate:v42\"", count: 9);

        await Of(cluster, "image").ShowAsync(124);
    }

    [ClusterFact]
    public async Task A_pod_that_no_node_takes()
    {
        using var cluster = await Cluster.CreateAsync("shpi");
        await cluster.CreateUnschedulablePodAsync("db-0", """{"app":"db"}""", "0/3 nodes are available: 3 Insufficient memory.");
        await cluster.RecordEventAsync("pods/db-0", "FailedScheduling", "0/3 nodes are available: 3 Insufficient memory.", count: 5);

        await new Scenario(cluster, "unschedulable", ["pod:app=db"], Shop(cluster)).ShowAsync(124);
    }

    [ClusterFact]
    public async Task A_node_that_does_not_answer_costs_only_the_log()
    {
        using var cluster = await Cluster.CreateAsync();
        await cluster.CreatePodAsync("web-0", ready: false, """{"app":"web"}""");
        (await Kubelet.OfAsync(cluster.Admin)).KeepSilent(cluster.Namespace, "web-0", "app");
        await cluster.RecordEventAsync("pods/web-0", "NodeNotReady", "Node is not ready");

        await using var gate = cluster.Gate("pod:app=web --timeout 2s");

        Assert.Equal(124, await gate.ExitAsync());
        Assert.Contains("node node-1 of web-0 does not report", Golden.ReportOf(gate.Log).Split('\n')[0], StringComparison.Ordinal);
        Assert.Contains("not read: the log of pod web-0: not read within 5s\n", gate.Log, StringComparison.Ordinal);
        Assert.Single(gate.Log.Split('\n'), line => line.StartsWith("not read: ", StringComparison.Ordinal));
    }

    [ClusterFact]
    public async Task Events_of_one_second_are_told_in_their_order()
    {
        using var cluster = await Cluster.CreateAsync();
        await cluster.CreateJobAsync("db", parallelism: 0);
        var at = Golden.Now();
        await cluster.RecordEventAsync("jobs/db", "FailedCreate", "Error creating: exceeded quota", at: at);
        await cluster.RecordEventAsync("jobs/db", "SuccessfulCreate", "Created pod: db-x", at: at);

        await using var gate = cluster.Gate("job/db --timeout 2s");

        Assert.Equal(124, await gate.ExitAsync());
        Assert.Matches("(?s)SuccessfulCreate.*FailedCreate", gate.Log);
        Assert.DoesNotContain("refused", gate.Log, StringComparison.Ordinal);
    }

    private static Scenario Of(Cluster cluster, string name) => new(cluster, name, JobTarget, Shop(cluster));

    private static Golden Shop(Cluster cluster, params (string Real, string Shown)[] others) =>
        new(
            new Dictionary<string, string>(others.Select(other => KeyValuePair.Create(other.Real, other.Shown)))
            {
                [cluster.Namespace] = "shop",
            },
            [Job]
        );
}
