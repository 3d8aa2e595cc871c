namespace WaitFor.Cluster.Tests;

/// <summary>Pods, and services with the endpoints that the real controller makes of them.</summary>
public sealed class PodAndServiceTests
{
    private const string Web = """{"app":"web"}""";

    [ClusterFact]
    public async Task Pods_by_selector_get_ready_one_by_one()
    {
        using var cluster = await Cluster.CreateAsync();
        await cluster.CreatePodAsync("web-0", ready: false, Web);
        await cluster.CreatePodAsync("web-1", ready: false, Web);
        await using var gate = cluster.Gate("pod -lapp=web");
        await gate.LogsAsync("pod:app=web: 0 of 2 pods ready; web-0: running, not ready");
        await cluster.SetReadyAsync("web-0", ready: true);
        await gate.LogsAsync("pod:app=web: 1 of 2 pods ready; web-1: running, not ready");
        await cluster.SetReadyAsync("web-1", ready: true);

        Assert.Equal(0, await gate.ExitAsync());
    }

    [ClusterFact]
    public async Task Enough_ready_pods_are_enough()
    {
        using var cluster = await Cluster.CreateAsync();
        await cluster.CreatePodAsync("web-0", ready: true, Web);
        await using var gate = cluster.Gate("pod:app=web --min-ready 2");
        await gate.LogsAsync("1 of 1 pod ready, at least 2 needed");
        await cluster.CreatePodAsync("web-1", ready: false, Web);
        await cluster.CreatePodAsync("web-2", ready: true, Web);

        Assert.Equal(0, await gate.ExitAsync());
    }

    [ClusterFact]
    public async Task A_failed_pod_that_nothing_replaces_ends_the_gate()
    {
        using var cluster = await Cluster.CreateAsync();
        await cluster.CreatePodAsync("web-0", ready: false, Web);
        await using var gate = cluster.Gate("pod/web-0");
        await gate.LogsAsync("pod/web-0: running, not ready");
        await cluster.Admin.SetPodStatusAsync(cluster.Namespace, "web-0", Cluster.Parse("""{"phase":"Failed","reason":"Evicted"}"""));

        Assert.Equal(1, await gate.ExitAsync());
        Assert.Contains("pod/web-0: failed: Evicted", gate.Log, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task A_service_opens_when_all_its_endpoints_are_ready()
    {
        using var cluster = await Cluster.CreateAsync();
        await using var gate = cluster.Gate("service/web");
        await gate.LogsAsync("service/web: not found");
        await cluster.CreateServiceAsync("web", Web);
        await gate.LogsAsync("service/web: no endpoints yet");
        await cluster.CreatePodAsync("web-0", ready: false, Web);
        await gate.LogsAsync("service/web: 0 endpoints ready, 1 not ready");
        await cluster.SetReadyAsync("web-0", ready: true);

        Assert.Equal(0, await gate.ExitAsync());
    }
}
