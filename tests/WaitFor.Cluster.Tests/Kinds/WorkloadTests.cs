using System.Text.Json.Nodes;
using WaitFor.Testing;

namespace WaitFor.Cluster.Tests.Kinds;

/// <summary>Rollouts that the real controllers make; the test plays the kubelet.</summary>
public sealed class WorkloadTests
{
    [ClusterFact]
    public async Task A_Deployment_opens_the_gate_when_its_rollout_is_complete()
    {
        using var cluster = await Cluster.CreateAsync();
        await using var gate = cluster.Gate("deployment/web");
        await gate.LogsAsync("deployment/web: not found yet");
        await ApplyAsync(cluster, "deployments", Deployment(replicas: 2));
        await gate.LogsAsync("deployment/web: 2 of 2 replicas updated, 0 available");
        await ReadyAsync(cluster, "web:v1", 1);
        await gate.LogsAsync("deployment/web: 2 of 2 replicas updated, 1 available");
        await ReadyAsync(cluster, "web:v1", 2);

        Assert.Equal(0, await gate.ExitAsync());
    }

    /// <summary>The last rollout is complete: that is nothing worth while a newer one is under way.</summary>
    [ClusterFact]
    public async Task A_newer_rollout_is_waited_for()
    {
        using var cluster = await Cluster.CreateAsync();
        await ApplyAsync(cluster, "deployments", Deployment());
        await ReadyAsync(cluster, "web:v1", 1);
        await using (var first = cluster.Gate("rollout status deployment/web"))
            Assert.Equal(0, await first.ExitAsync());
        await ApplyAsync(cluster, "deployments", Deployment(image: "web:v2"));
        await using var gate = cluster.Gate("rollout status deployment web --timeout=5m");
        await gate.LogsAsync("deployment/web: ");
        await ApplyAsync(cluster, "deployments", Deployment(image: "web:v3"));
        await ReadyAsync(cluster, "web:v3", 1);

        Assert.Equal(0, await gate.ExitAsync());
    }

    [ClusterFact]
    public async Task A_Deployment_past_its_deadline_ends_the_gate_and_says_why()
    {
        using var cluster = await Cluster.CreateAsync();
        await ApplyAsync(cluster, "deployments", Deployment(more: "progressDeadlineSeconds: 1"));
        await using var gate = cluster.Gate("deployment/web");
        await using var condition = cluster.Gate("wait deployment/web --for=condition=available --timeout=5m");

        Assert.Equal(1, await gate.ExitAsync());
        Assert.Equal(1, await condition.ExitAsync());
        Assert.Contains("Progressing=False (ProgressDeadlineExceeded)", gate.Log, StringComparison.Ordinal);
        Assert.Contains("CONDITION", gate.Log, StringComparison.Ordinal);
        Assert.Contains("pod web-", gate.Log, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task A_paused_Deployment_is_waited_for()
    {
        using var cluster = await Cluster.CreateAsync();
        await ApplyAsync(cluster, "deployments", Deployment(more: "paused: true"));
        await using var gate = cluster.Gate("deploy/web");
        await gate.LogsAsync("paused");
        await cluster.Admin.PatchAsync(PathOf(cluster, "deployments"), Cluster.Parse("""{"spec":{"paused":false}}"""));
        await ReadyAsync(cluster, "web:v1", 1);

        Assert.Equal(0, await gate.ExitAsync());
    }

    [ClusterFact]
    public async Task Quota_that_refuses_the_pods_is_named()
    {
        using var cluster = await Cluster.CreateAsync();
        await cluster.Admin.PostAsync(
            $"/api/v1/namespaces/{cluster.Namespace}/resourcequotas",
            Cluster.Parse("""{"apiVersion":"v1","kind":"ResourceQuota","metadata":{"name":"none"},"spec":{"hard":{"pods":"0"}}}""")
        );
        await ApplyAsync(cluster, "deployments", Deployment());
        await using var gate = cluster.Gate("deployment/web --timeout 8s");

        Assert.Equal(124, await gate.ExitAsync());
        Assert.Contains("exceeded quota: none", gate.Log, StringComparison.Ordinal);
        Assert.Contains("Raise the quota", gate.Log, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task A_pod_that_can_never_start_ends_a_gate_that_fails_fast()
    {
        using var cluster = await Cluster.CreateAsync();
        await ApplyAsync(cluster, "deployments", Deployment());
        await using var gate = cluster.Gate("deployment/web --fail-fast");
        var pod = await PodAsync(cluster, "web:v1", 0);
        await cluster.Admin.SetPodStatusAsync(
            cluster.Namespace,
            pod,
            Cluster.Parse(
                """
                {"phase":"Pending","containerStatuses":[{"name":"app","image":"web:v1","imageID":"","ready":false,"restartCount":0,
                  "state":{"waiting":{"reason":"ErrImagePull","message":"manifest unknown"} } }]}
                """
            )
        );

        Assert.Equal(1, await gate.ExitAsync());
        Assert.Contains("cannot start: ErrImagePull: manifest unknown", gate.Log, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task A_StatefulSet_opens_the_gate_when_all_its_pods_are_ready()
    {
        using var cluster = await Cluster.CreateAsync();
        await ApplyAsync(cluster, "statefulsets", Set("StatefulSet", "replicas: 2", "serviceName: web"));
        await using var gate = cluster.Gate("sts/web");
        await gate.LogsAsync("statefulset/web: 0 of 2 replicas ready");
        await ReadyAsync(cluster, "web:v1", 1);
        await gate.LogsAsync("statefulset/web: 1 of 2 replicas ready");
        await ReadyAsync(cluster, "web:v1", 2);

        Assert.Equal(0, await gate.ExitAsync());
    }

    [ClusterFact]
    public async Task A_DaemonSet_opens_the_gate_when_its_pods_are_available_on_every_node_that_it_is_for()
    {
        using var cluster = await Cluster.CreateAsync();
        for (var node = 0; node < 2; node++)
            await cluster.Admin.PostAsync(
                "/api/v1/nodes",
                Cluster.Parse(
                    $$$"""
                    {"apiVersion":"v1","kind":"Node","metadata":{"name":"{{{cluster.Namespace}}}-{{{node}}}",
                     "labels":{"of":"{{{cluster.Namespace}}}"} } }
                    """
                )
            );
        // A node that no kubelet reports for is not ready, and tainted so.
        var pod = $"{{nodeSelector: {{of: {cluster.Namespace}}}, tolerations: [{{operator: Exists}}], ";
        await ApplyAsync(cluster, "daemonsets", Set("DaemonSet", pod: pod));
        await cluster.Admin.UntilAsync(PathOf(cluster, "daemonsets"), item => (int?)item["status"]?["desiredNumberScheduled"] == 2);
        await using var gate = cluster.Gate("daemonset/web");
        await gate.LogsAsync("daemonset/web: 2 of 2 pods updated, 0 available");
        await ReadyAsync(cluster, "web:v1", 1);
        await gate.LogsAsync("1 available");
        await ReadyAsync(cluster, "web:v1", 2);

        Assert.Equal(0, await gate.ExitAsync());
    }

    [ClusterTheory]
    [InlineData("deployments", "Deployment", "replicas: 0", "deployment/web", 0)]
    [InlineData("deployments", "Deployment", "replicas: 0", "deployment --all", 0)]
    [InlineData("deployments", "Deployment", "replicas: 0", "deploy,sts -l app=web --on-missing=fail", 4)]
    [InlineData("deployments", "Deployment", "replicas: 0", "deployment/web --revision=1", 0)]
    [InlineData("deployments", "Deployment", "replicas: 0", "deployment/web --for=jsonpath={.spec.replicas}=0", 0)]
    [InlineData("deployments", "Deployment", "replicas: 1", "wait deployment/web --timeout=0", 124)]
    [InlineData("deployments", "Deployment", "replicas: 1", "rollout status deployment/web --watch=false", 124)]
    [InlineData("deployments", "Deployment", "replicas: 1", "deployment/web --for=create", 0)]
    [InlineData("deployments", "Deployment", "replicas: 1", "deployment/web --expect-image=web:v2 --timeout=1s", 124)]
    [InlineData("replicasets", "ReplicaSet", "replicas: 0", "rs/web", 0)]
    [InlineData("replicasets", "ReplicaSet", "replicas: 1", "rs/web --timeout=1s", 124)]
    [InlineData("statefulsets", "StatefulSet", "replicas: 0", "sts/web", 0)]
    [InlineData("statefulsets", "StatefulSet", "replicas: 0", "wait sts/web --for=jsonpath={.status.replicas}=0 --timeout=1m", 0)]
    [InlineData("deployments", "Deployment", "replicas: 0", "deployment/other --for=delete", 0)]
    [InlineData("deployments", "Deployment", "replicas: 0", "deployment/web --for=delete --timeout=1s", 124)]
    public async Task A_state_is_judged(string resource, string kind, string spec, string words, int exitCode)
    {
        using var cluster = await Cluster.CreateAsync();
        await ApplyAsync(cluster, resource, Set(kind, spec));
        await cluster.Admin.UntilAsync(PathOf(cluster, resource), item => item["status"]?["observedGeneration"] is not null);
        await using var gate = cluster.Gate(words);

        Assert.True(exitCode == await gate.ExitAsync(), gate.Log);
    }

    private static string Deployment(int replicas = 1, string image = "web:v1", string more = "") =>
        Set("Deployment", $"replicas: {replicas}", more, image);

    private static string Set(string kind, string spec = "", string more = "", string image = "web:v1", string pod = "{") =>
        $$"""
        apiVersion: apps/v1
        kind: {{kind}}
        metadata: {name: web}
        spec:
          {{spec}}
          {{more}}
          selector: {matchLabels: {app: web} }
          template:
            metadata: {labels: {app: web} }
            spec: {{pod}}containers: [{name: app, image: "{{image}}"}] }
        """;

    private static string PathOf(Cluster cluster, string resource) => $"/apis/apps/v1/namespaces/{cluster.Namespace}/{resource}/web";

    private static async Task<JsonNode?> ApplyAsync(Cluster cluster, string resource, string manifest) =>
        await cluster.Admin.ApplyYamlAsync(PathOf(cluster, resource), manifest);

    /// <summary>Makes so many pods of the image ready, those that are ready already included.</summary>
    private static async Task ReadyAsync(Cluster cluster, string image, int count)
    {
        for (var index = 0; index < count; index++)
            await cluster.SetReadyAsync(await PodAsync(cluster, image, index), ready: true);
    }

    /// <summary>The name of a pod of the image, as soon as there are so many.</summary>
    private static async Task<string> PodAsync(Cluster cluster, string image, int index)
    {
        var pod = await Cluster.UntilAsync($"pod {index} of {image}", async () =>
            (await cluster.Admin.GetAsync($"/api/v1/namespaces/{cluster.Namespace}/pods"))!["items"]!
                .AsArray()
                .Where(pod =>
                    (string?)pod!["spec"]!["containers"]![0]!["image"] == image && pod["metadata"]!["deletionTimestamp"] is null
                )
                .OrderBy(pod => (string?)pod!["metadata"]!["name"], StringComparer.Ordinal)
                .ElementAtOrDefault(index)
        );
        return (string)pod["metadata"]!["name"]!;
    }
}

/// <summary>Waiting for what the controllers write.</summary>
internal static class Waits
{
    /// <summary>Reads an object until it is as wanted.</summary>
    public static Task<JsonNode> UntilAsync(this Administrator admin, string path, Func<JsonNode, bool> wanted) =>
        Cluster.UntilAsync(path, async () => await admin.GetAsync(path) is { } item && wanted(item) ? item : null);
}
