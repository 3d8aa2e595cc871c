using System.Text.Json.Nodes;
using WaitFor.Testing;

namespace WaitFor.Cluster.Tests.Kinds;

/// <summary>Custom resources, their definitions, and kinds of other sorts on a real API server.</summary>
public sealed class OtherKindTests
{
    private static readonly Lazy<string> Group = new(() => $"g{Guid.NewGuid():N}.example.com");

    /// <summary>Status of a custom resource, command line, exit code.</summary>
    [ClusterTheory]
    [InlineData("""{"conditions":[{"type":"Ready","status":"True"}]}""", "W", 0)]
    [InlineData("""{"conditions":[{"type":"Ready","status":"False","message":"no disk"}]}""", "W --timeout=1s", 124)]
    [InlineData("""{"conditions":[{"type":"Ready","status":"true"}]}""", "W --timeout=1s", 124)]
    [InlineData("""{"conditions":[{"type":"Stalled","status":"True","message":"no disk"}]}""", "W", 1)]
    [InlineData("""{"conditions":[{"type":"Ready","status":"True"},{"type":"Reconciling","status":"True"}]}""", "W --timeout=1s", 124)]
    [InlineData("""{"observedGeneration":0,"conditions":[{"type":"Ready","status":"True"}]}""", "W --timeout=1s", 124)]
    [InlineData("""{"phase":"Running"}""", "W --timeout=1s", 124)]
    [InlineData("""{"phase":"Running"}""", "W --for=jsonpath={.status.phase}=Running", 0)]
    [InlineData("""{"phase":"Running"}""", "wait W --for=jsonpath={.status.phase}=running --timeout=1s", 124)]
    [InlineData("""{"phase":"Running"}""", "wait W --for=jsonpath={.status.phase}", 0)]
    [InlineData("""{"phase":""}""", "wait W --for=jsonpath={.status.phase} --timeout=1s", 124)]
    [InlineData("""{"phase":"Running"}""", "wait W --for=jsonpath={.status.phase}=Running --for=create", 0)]
    [InlineData("""{"parts":[{"ok":true},{"ok":true}]}""", "W --for=jsonpath={.status.parts[*].ok}=true", 0)]
    [InlineData("""{"parts":[{"ok":true},{"ok":false}]}""", "W --for=jsonpath={.status.parts[*].ok}=true --timeout=1s", 124)]
    [InlineData("""{"conditions":[{"type":"Synced","status":"True"}]}""", "wait W --for=condition=synced", 0)]
    [InlineData("""{"conditions":[{"type":"Synced","status":"False"}]}""", "wait W --for=condition=Synced=false", 0)]
    [InlineData("""{"conditions":[{"type":"Ready","status":"True"}]}""", "wait A --for=condition=Ready", 0)]
    [InlineData("""{"conditions":[{"type":"Ready","status":"True"}]}""", "wait W --for=delete --timeout=1s", 124)]
    [InlineData("""{}""", "W --for=condition=Ready --for=condition=Ready=false", 2)]
    [InlineData("""{}""", "W --for=jsonpath={.status[ --timeout=1s", 2)]
    public async Task A_custom_resource_is_judged(string status, string words, int exitCode)
    {
        using var cluster = await Cluster.CreateAsync();
        await DefineAsync(cluster, Group.Value);
        await CreateAsync(cluster, Group.Value, status);
        var line = words
            .Split(' ')
            .Select(word =>
                word switch
                {
                    "W" => $"widgets.{Group.Value}/one",
                    "A" => $"widgets.{Group.Value} --all",
                    _ => word,
                }
            );
        await using var gate = cluster.Gate(string.Join(' ', line));

        Assert.True(exitCode == await gate.ExitAsync(), gate.Log);
    }

    [ClusterFact]
    public async Task A_definition_that_comes_later_and_its_object_are_waited_for()
    {
        using var cluster = await Cluster.CreateAsync();
        var group = $"g{Guid.NewGuid():N}.example.com";
        await using var definition = cluster.Gate($"wait crd/widgets.{group} --for=condition=established --timeout=5m");
        await using var gate = cluster.Gate($"widgets.{group}/one");
        await gate.LogsAsync("the API server does not have the kind widgets");
        await DefineAsync(cluster, group);
        await gate.LogsAsync("/one: not found");
        await CreateAsync(cluster, group, """{"conditions":[{"type":"Ready","status":"True"}]}""");

        Assert.Equal(0, await gate.ExitAsync());
        Assert.Equal(0, await definition.ExitAsync());
        await using var missing = cluster.Gate($"gadgets.{group}/one --on-missing=fail");
        Assert.Equal(4, await missing.ExitAsync());
    }

    [ClusterFact]
    public async Task A_typo_ends_with_the_nearest_kind()
    {
        using var cluster = await Cluster.CreateAsync();
        await using var gate = cluster.Gate("deploymentz/web");

        Assert.Equal(2, await gate.ExitAsync());
        Assert.Contains("write deployments", gate.Log, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task A_namespace_that_a_finalizer_holds_is_waited_for_and_told()
    {
        using var cluster = await Cluster.CreateAsync();
        var held = await cluster.AnotherNamespaceAsync();
        await cluster.Admin.PostAsync(
            $"/api/v1/namespaces/{held}/configmaps",
            Cluster.Parse("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"held","finalizers":["example.com/hold"]}}""")
        );
        await using (var active = cluster.Gate($"ns/{held}"))
            Assert.Equal(0, await active.ExitAsync());
        await cluster.Admin.DeleteAsync($"/api/v1/namespaces/{held}");
        await using var gate = cluster.Gate($"wait namespace/{held} --for=delete --timeout=5m");
        await gate.LogsAsync("being deleted");
        await cluster.Admin.PatchAsync($"/api/v1/namespaces/{held}/configmaps/held", Cluster.Parse("""{"metadata":{"finalizers":null}}"""));

        Assert.Equal(0, await gate.ExitAsync());
    }

    [ClusterFact]
    public async Task A_claim_opens_the_gate_when_it_is_bound()
    {
        using var cluster = await Cluster.CreateAsync();
        var claims = $"/api/v1/namespaces/{cluster.Namespace}/persistentvolumeclaims";
        await cluster.Admin.PostAsync(
            claims,
            Cluster.Parse(
                """
                {"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"data"},
                 "spec":{"storageClassName":"none","accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}
                """
            )
        );
        await using var gate = cluster.Gate("pvc/data");
        await gate.LogsAsync("persistentvolumeclaim/data: phase Pending");
        await cluster.Admin.PatchAsync($"{claims}/data/status", Cluster.Parse("""{"status":{"phase":"Bound"}}"""));

        Assert.Equal(0, await gate.ExitAsync());
    }

    /// <summary>Words, exit code; what they name exists on every cluster, or not.</summary>
    [ClusterTheory]
    [InlineData("cm/kube-root-ca.crt", 0)]
    [InlineData("sa/default", 0)]
    [InlineData("serviceaccount/nobody --on-missing=fail", 4)]
    [InlineData("ns/default", 0)]
    [InlineData("namespace/default -n elsewhere", 0)]
    [InlineData("ns/nowhere --on-missing=fail", 4)]
    [InlineData("wait ns/nowhere --for=create --timeout=1s", 124)]
    [InlineData("clusterrole/view", 0)]
    [InlineData("apiservice/v1.", 2)]
    [InlineData("apiservices/v1.apps", 0)]
    [InlineData("wait apiservice/v1.apps --for=condition=Available", 0)]
    [InlineData("crd/widgets.nowhere.example.com --on-missing=fail", 4)]
    [InlineData("priorityclass/system-node-critical", 0)]
    [InlineData("flowschema/exempt --for=jsonpath={.spec.matchingPrecedence}=1", 0)]
    [InlineData("secret --all --on-missing=fail -n kube-node-lease", 0)]
    public async Task What_every_cluster_has_is_judged(string words, int exitCode)
    {
        using var cluster = await Cluster.CreateAsync();
        // The last of what a namespace gets by itself.
        await cluster.Admin.UntilAsync(
            $"/api/v1/namespaces/{cluster.Namespace}/configmaps",
            list => list["items"]!.AsArray().Any(item => (string?)item!["metadata"]!["name"] == "kube-root-ca.crt")
        );
        await using var gate = cluster.Gate(words);

        Assert.True(exitCode == await gate.ExitAsync(), gate.Log);
    }

    [ClusterFact]
    public async Task The_objects_of_manifests_are_waited_for()
    {
        using var cluster = await Cluster.CreateAsync();
        await DefineAsync(cluster, Group.Value);
        var file = cluster.NewFile() + ".yaml";
        await File.WriteAllTextAsync(
            file,
            $$"""
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: settings}
            ---
            apiVersion: {{Group.Value}}/v1
            kind: Widget
            metadata: {name: one}
            """
        );
        await using var gate = cluster.Gate($"-f {file}");
        await gate.LogsAsync("configmap/settings: not found");
        await CreateAsync(cluster, Group.Value, """{"conditions":[{"type":"Ready","status":"True"}]}""");
        await cluster.Admin.PostAsync(
            $"/api/v1/namespaces/{cluster.Namespace}/configmaps",
            Cluster.Parse("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings"}}""")
        );

        Assert.Equal(0, await gate.ExitAsync());
    }

    private static async Task<JsonNode?> DefineAsync(Cluster cluster, string group) =>
        await cluster.Admin.ApplyYamlAsync(
            $"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.{group}",
            $$"""
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: widgets.{{group}}}
            spec:
              group: {{group}}
              scope: Namespaced
              names: {plural: widgets, singular: widget, kind: Widget}
              versions:
              - name: v1
                served: true
                storage: true
                schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true} }
            """
        );

    /// <summary>Creates the object as soon as its kind is served.</summary>
    private static async Task CreateAsync(Cluster cluster, string group, string status) =>
        await Cluster.UntilAsync("custom resource", async () =>
        {
            try
            {
                return await cluster.Admin.PostAsync(
                    $"/apis/{group}/v1/namespaces/{cluster.Namespace}/widgets",
                    new JsonObject
                    {
                        ["apiVersion"] = $"{group}/v1",
                        ["kind"] = "Widget",
                        ["metadata"] = new JsonObject { ["name"] = "one" },
                        ["status"] = JsonNode.Parse(status),
                    }
                );
            }
            catch (k8s.Autorest.HttpOperationException exception)
                when (exception.Response.StatusCode is System.Net.HttpStatusCode.NotFound or System.Net.HttpStatusCode.TooManyRequests)
            {
                return null;
            }
        });
}
