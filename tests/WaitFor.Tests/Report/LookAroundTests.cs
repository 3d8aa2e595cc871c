using System.Text.Json.Nodes;
using WaitFor.Report;
using WaitFor.Testing;
using WaitFor.Tests.Watching;
using WaitFor.Verdicts.Tests;

namespace WaitFor.Tests.Report;

/// <summary>What is looked for where the target does not exist.</summary>
public sealed class LookAroundTests
{
    private static readonly Answer Denied = Answers.Text(403, Recording.Error("403-jobs-list-all-namespaces"));

    [Fact]
    public async Task Neighbours_events_and_namespaces_are_read_and_no_pod()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Put("job-ttl-deleted");
        gate.Server.Objects.Put(ApiObjects.Jobs("rec-job-ttl-deleted"), ApiObjects.JobComplete("migrate-v41"));
        gate.Server.Objects.Put(ApiObjects.Jobs("rec-job-ttl-deleted"), ApiObjects.JobComplete("cleanup"));
        gate.Server.Objects.Put(ApiObjects.Namespaces, Namespace("shop"));
        var result = await gate.EndAsync("job/migrate -n rec-job-ttl-deleted");
        var before = gate.Server.Requests.Count;

        var facts = await gate.CollectAsync(result);

        var target = facts.Targets[0];
        Assert.Empty(facts.Gaps);
        Assert.Equal(["cleanup", "migrate-v41"], target.Neighbours.Select(item => item.Name).Order(StringComparer.Ordinal));
        Assert.Equal(["shop"], target.Namespaces);
        Assert.Empty(target.Elsewhere);
        // The pods' events are not its own.
        Assert.Equal(["Completed", "SuccessfulCreate"], target.Events.Select(item => item.Reason));
        Assert.Null(target.PodCount);
        Assert.Equal(
            [
                "/api/v1/namespaces/rec-job-ttl-deleted/events?fieldSelector=involvedObject.kind=Job,involvedObject.name=migrate&limit=500",
                "/api/v1/namespaces?fieldSelector=metadata.name=rec-job-ttl-deleted&limit=500",
                "/api/v1/namespaces?limit=500",
                "/apis/batch/v1/jobs?fieldSelector=metadata.name=migrate&limit=500",
                "/apis/batch/v1/namespaces/rec-job-ttl-deleted/jobs?limit=500",
            ],
            gate.Server.Requests.Skip(before).Where(request => !request.IsWatch).Select(CollectorServer.Text).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task The_name_is_found_in_other_namespaces_where_all_may_be_read()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(ApiObjects.Jobs("infra"), ApiObjects.JobComplete("db"));
        gate.Server.Objects.Put(ApiObjects.Jobs("staging"), ApiObjects.JobComplete("db"));
        gate.Server.Objects.Put(ApiObjects.Jobs("staging"), ApiObjects.JobComplete("other"));
        var result = await gate.EndAsync("job/db -n prod");
        var before = gate.Server.Requests.Count;

        var target = (await gate.CollectAsync(result)).Targets[0];

        Assert.Equal(["infra", "staging"], target.Elsewhere.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(gate.Server.Requests.Skip(before), request =>
            request.Path.StartsWith("/apis/batch/v1/namespaces/shop/", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Where_not_all_namespaces_may_be_read_the_own_one_is()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(ApiObjects.Jobs("infra"), ApiObjects.JobComplete("db"));
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));
        using var denied = gate.Server.Always(request => request.Path is "/apis/batch/v1/jobs" or ApiObjects.Namespaces, Denied);
        var result = await gate.EndAsync("job/db -n prod");

        var facts = await gate.CollectAsync(result);

        Assert.Equal(["shop"], facts.Targets[0].Elsewhere);
        Assert.Empty(facts.Gaps);
    }

    [Fact]
    public async Task Where_the_own_namespace_may_not_be_read_either_that_is_told()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        var result = await gate.EndAsync("job/db -n prod");
        using var denied = gate.Server.Always(request => request.Query.GetValueOrDefault("fieldSelector") == "metadata.name=db", Denied);

        var gap = Assert.Single((await gate.CollectAsync(result, "gate-pod")).Gaps);

        Assert.Equal(("jobs in namespace shop", "list jobs in namespace shop"), (gap.What, gap.Permission));
        // The namespace of a kubeconfig's context is nobody's own.
        Assert.Empty((await gate.CollectAsync(result)).Gaps);
    }

    [Fact]
    public async Task In_the_own_namespace_itself_there_is_nothing_to_fall_back_to()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        var result = await gate.EndAsync("job/db");
        using var denied = gate.Server.Always(request => request.Path == "/apis/batch/v1/jobs", Denied);

        var facts = await gate.CollectAsync(result);

        Assert.Empty(facts.Targets[0].Elsewhere);
        Assert.Empty(facts.Gaps);
        Assert.Single(gate.Server.Requests, request =>
            request.Path == ApiObjects.Jobs("shop") && !request.Query.ContainsKey("fieldSelector")
        );
    }

    [Fact]
    public async Task A_namespace_that_does_not_exist_is_told()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(ApiObjects.Namespaces, Namespace("default"));
        gate.Server.Objects.Put(ApiObjects.Namespaces, Namespace("shop"));
        var result = await gate.EndAsync("service/redis -n shpo");

        var diagnosis = new Diagnosis(result, await gate.CollectAsync(result));

        Assert.Equal("namespace shpo was not found; shop exists", diagnosis.Hints[0][0].Fact);
        Assert.Equal(
            "service/redis (namespace shpo): timed out after 20s: namespace shpo was not found; shop exists",
            diagnosis.Headline
        );
    }

    [Fact]
    public async Task A_selector_has_neighbours_and_no_namesakes()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("cache", ready: true, """{"app":"cache"}"""));
        gate.Server.Objects.Put(ApiObjects.Namespaces, Namespace("shop"));
        gate.Server.Objects.Put(ApiObjects.Namespaces, Namespace("shpo"));
        var result = await gate.EndAsync("pod:app=chace");
        var before = gate.Server.Requests.Count;

        var facts = await gate.CollectAsync(result);

        Assert.Equal(["cache"], facts.Targets[0].Neighbours.Select(item => item.Name));
        // It exists: the others are nothing to be looked at.
        Assert.Empty(facts.Targets[0].Namespaces);
        Assert.Equal(
            ["/api/v1/namespaces/shop/pods?limit=500", "/api/v1/namespaces?fieldSelector=metadata.name=shop&limit=500"],
            gate.Server.Requests.Skip(before).Where(request => !request.IsWatch).Select(CollectorServer.Text).Order(StringComparer.Ordinal)
        );
    }

    /// <summary>Labels of the gate's own pod, what owns it, and the annotations of the owner (null: it cannot be read).</summary>
    [Theory]
    [InlineData("app.kubernetes.io/managed-by: Helm", null, "{}", "job/db", "gate-pod", true)]
    [InlineData("helm.sh/chart: shop-1.2.3", null, "{}", "job/db", "gate-pod", true)]
    [InlineData("heritage: Tiller", null, "{}", "job/db", "gate-pod", true)]
    [InlineData("app: web", "ReplicaSet", "{\"meta.helm.sh/release-name\":\"shop\"}", "job/db", "gate-pod", true)]
    [InlineData("app: web", "StatefulSet", "{\"meta.helm.sh/release-name\":\"shop\"}", "job/db", "gate-pod", true)]
    [InlineData("app: web", "ReplicaSet", "{}", "job/db", "gate-pod", false)]
    [InlineData("app: web", "ReplicaSet", null, "job/db", "gate-pod", null)]
    [InlineData("app: web", "Rollout", "{}", "job/db", "gate-pod", null)]
    [InlineData("app.kubernetes.io/managed-by: kustomize", null, "{}", "job/db", "gate-pod", false)]
    [InlineData("app.kubernetes.io/managed-by: Helm", null, "{}", "service/db", "gate-pod", false)]
    [InlineData("app.kubernetes.io/managed-by: Helm", null, "{}", "job/db -n prod", "gate-pod", false)]
    [InlineData("app.kubernetes.io/managed-by: Helm", null, "{}", "job/db", null, false)]
    [InlineData("app.kubernetes.io/managed-by: Helm", null, "{}", "job/db", "another-pod", null)]
    public async Task The_own_pod_and_what_made_it_tell_whether_it_was_Helm_where_a_Job_is_missing(
        string label,
        string? ownerKind,
        string? annotations,
        string words,
        string? ownPod,
        bool? madeByHelm
    )
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        var labels = label.Split(": ") is [var name, var value] ? $"{{\"{name}\":\"{value}\"}}" : "{}";
        var pod = ApiObjects.Pod("gate-pod", ready: false, labels);
        if (ownerKind is not null)
        {
            pod["metadata"]!["ownerReferences"] = new JsonArray(
                new JsonObject
                {
                    ["kind"] = ownerKind,
                    ["name"] = "web-1",
                    ["controller"] = true,
                }
            );
        }

        gate.Server.Objects.Put(ApiObjects.Pods("shop"), pod);
        using var denied = gate.Server.Always(request => annotations is null && request.Resource == "replicasets", Denied);
        if (ownerKind is not null)
        {
            gate.Server.Objects.Put(
                $"/apis/apps/v1/namespaces/shop/{ownerKind.ToLowerInvariant()}s",
                new JsonObject
                {
                    ["kind"] = ownerKind,
                    ["metadata"] = new JsonObject { ["name"] = "web-1", ["annotations"] = JsonNode.Parse(annotations ?? "{}") },
                }
            );
        }

        var result = await gate.EndAsync(words);

        var facts = await gate.CollectAsync(result, ownPod);

        Assert.Equal(madeByHelm, facts.Targets[0].MadeByHelm);
        Assert.Empty(facts.Gaps);
    }

    [Fact]
    public async Task That_the_own_pod_cannot_be_read_is_nothing_to_be_told()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        using var denied = gate.Server.Always(request => request.Resource == "pods", Denied);
        var result = await gate.EndAsync("job/db");

        Assert.Empty((await gate.CollectAsync(result, "gate-pod")).Gaps);
    }

    private static JsonObject Namespace(string name) =>
        new()
        {
            ["kind"] = "Namespace",
            ["metadata"] = new JsonObject { ["name"] = name },
        };
}
