using WaitFor.Testing;

namespace WaitFor.Cluster.Tests.Kinds;

/// <summary>The Role that <c>wait-for rbac</c> prints for a kind: it is enough, and without it the gate ends with 3.</summary>
public sealed class RoleOfKindTests
{
    private const string Template = "selector: {matchLabels: {app: web} }, template: {metadata: {labels: {app: web} }, "
        + "spec: {containers: [{name: app, image: a}]} }";

    /// <summary>The gate's words, and the object that it waits for: its path below the namespace's, and its manifest.</summary>
    [ClusterTheory]
    [InlineData("deployment/web", "apis/apps/v1 deployments", "apps/v1 Deployment", $"spec: {{replicas: 0, {Template}}}")]
    [InlineData("deployment/web --fail-fast", "apis/apps/v1 deployments", "apps/v1 Deployment", $"spec: {{replicas: 0, {Template}}}")]
    [InlineData("sts/web", "apis/apps/v1 statefulsets", "apps/v1 StatefulSet", $"spec: {{replicas: 0, serviceName: web, {Template}}}")]
    [InlineData("rs/web", "apis/apps/v1 replicasets", "apps/v1 ReplicaSet", $"spec: {{replicas: 0, {Template}}}")]
    [InlineData("ds/web --for=create", "apis/apps/v1 daemonsets", "apps/v1 DaemonSet", $"spec: {{{Template}}}")]
    [InlineData("configmap/web", "api/v1 configmaps", "v1 ConfigMap", "data: {}")]
    [InlineData("secret/web", "api/v1 secrets", "v1 Secret", "data: {}")]
    [InlineData("lease.coordination.k8s.io/web", "apis/coordination.k8s.io/v1 leases", "coordination.k8s.io/v1 Lease", "spec: {}")]
    public async Task Is_enough_and_is_needed(string words, string collection, string type, string body)
    {
        using var cluster = await Cluster.CreateAsync();
        var (group, resource) = (collection.Split(' ')[0], collection.Split(' ')[1]);
        await cluster.Admin.ApplyYamlAsync(
            $"/{group}/namespaces/{cluster.Namespace}/{resource}/web",
            $"apiVersion: {type.Split(' ')[0]}\nkind: {type.Split(' ')[1]}\nmetadata: {{name: web}}\n{body}\n"
        );
        var token = await cluster.TokenAsync("gate");
        string[] arguments = words.Split(' ');
        await using (var denied = cluster.GateWith(token, [.. arguments, "--timeout=1m"]))
        {
            Assert.True(await denied.ExitAsync() == 3, denied.Log);
            Assert.Contains("resourceNames: [web]", denied.Log, StringComparison.Ordinal);
        }

        await cluster.ApplyAsync(await cluster.PrintedAsync("gate", arguments));
        await using var gate = cluster.GateWith(token, [.. arguments, "--timeout=1m"]);

        Assert.True(await gate.ExitAsync() == 0, gate.Log);
    }
}
