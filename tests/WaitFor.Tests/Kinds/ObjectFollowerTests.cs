using System.Text;
using System.Text.Json.Nodes;
using WaitFor.CommandLine;
using WaitFor.Kinds;
using WaitFor.Testing;
using WaitFor.Tests.Watching;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;
using WaitFor.Verdicts.Tests;

namespace WaitFor.Tests.Kinds;

/// <summary>Gates for objects that are judged each by its own state, on recorded states of a real API server.</summary>
public sealed class ObjectFollowerTests
{
    private const string Deployments = "/apis/apps/v1/namespaces/shop/deployments";
    private const string Pods = "/api/v1/namespaces/shop/pods";

    [Fact]
    public async Task A_rollout_that_is_complete_costs_one_request_and_one_that_is_not_two()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(Deployments, Deployment("deployment-rollout-ok", 1));
        var running = gate.RunAsync("deployment/web --timeout 1h");
        await gate.WatchingAsync("deployment/web: the controller has not seen the new spec yet");
        gate.Server.Objects.Put(Deployments, Last("deployment-zero-replicas"));

        Assert.Equal((0, "ready: 1 of 1 target after 0s"), ((await running).ExitCode, (await running).Message));
        Assert.Equal(["list", "watch"], gate.Server.Requests.Select(request => request.IsWatch ? "watch" : "list"));

        Assert.Equal(0, (await gate.RunAsync("deploy/web --timeout 1h")).ExitCode);
        Assert.Equal(3, gate.Server.Requests.Count);
    }

    /// <summary>Every state but the last leaves the gate shut.</summary>
    [Theory]
    [InlineData("deployment-rollout-ok", "deployments", "deployment/web")]
    [InlineData("deployment-recreate-strategy", "deployments", "deployment/web")]
    [InlineData("statefulset-rollout-ok", "statefulsets", "sts/web")]
    [InlineData("daemonset-rollout-ok", "daemonsets", "ds/web")]
    public async Task A_recorded_rollout_opens_the_gate_with_its_first_complete_state(string scenario, string resource, string target)
    {
        var kind = (ObjectKind)KnownKinds.Find(resource)!;
        var asked = new GateCommand([target], _ => null).Read().Targets[0];
        var states = Recording.Replay(scenario, resource).SelectMany(items => items).Select(InShop).ToList();
        Verdict Judge(JsonObject state) => kind.Judge(asked, StateReader.WholeObject(Encoding.UTF8.GetBytes(state.ToJsonString())));
        var first = states.FindIndex(state => Judge(state).Kind == VerdictKind.Met);
        Assert.InRange(first, 2, states.Count);
        var path = $"/apis/apps/v1/namespaces/shop/{resource}";
        await using var gate = await GateHarness.StartAsync();
        var running = gate.RunAsync($"{target} --timeout 1h");
        await gate.WatchingAsync(": not found");
        foreach (var state in states.Take(first))
            gate.Server.Objects.Put(path, state);
        await gate.Lines.ContainsAsync(Judge(states[first - 1]).Sentence);
        Assert.False(running.IsCompleted);

        gate.Server.Objects.Put(path, states[first]);

        Assert.Equal(0, (await running).ExitCode);
    }

    /// <summary>Command line, how it ends, and what the message says.</summary>
    [Theory]
    [InlineData("deployment/web", "deployment-progress-deadline", 5, 1, "has timed out progressing")]
    [InlineData("deployment/web --for=condition=available", "deployment-progress-deadline", 5, 1, "ProgressDeadlineExceeded")]
    [InlineData("deployment/web --for=condition=progressing=false", "deployment-progress-deadline", 5, 0, "1 of 1 target")]
    [InlineData("wait deployment/web --timeout=0", "deployment-progress-deadline", 4, 124, "not ready (looked once)")]
    [InlineData("rollout status deployment/web --watch=false", "deployment-progress-deadline", 4, 124, "not ready (looked once)")]
    [InlineData("deployment/web --for=jsonpath={.metadata.name}=web", "deployment-progress-deadline", 4, 0, "1 of 1 target")]
    [InlineData("deployment/web --for=create", "deployment-progress-deadline", 1, 0, "1 of 1 target")]
    [InlineData("deployment/web --revision=2", "deployment-zero-replicas", 0, 0, "1 of 1 target")]
    [InlineData("deployment --all", "deployment-zero-replicas", 0, 0, "1 of 1 target")]
    [InlineData("deployment:app=nothing --on-missing=fail", "deployment-zero-replicas", 0, 4, "no object matches the selector")]
    [InlineData("deployment/other --for=delete", "deployment-zero-replicas", 0, 0, "1 of 1 target")]
    public async Task What_is_asked_of_a_Deployment_decides(string words, string scenario, int line, int exitCode, string message)
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(Deployments, line == 0 ? Last(scenario) : Deployment(scenario, line));

        var result = await gate.RunAsync(words.Contains("--timeout", StringComparison.Ordinal) ? words : words + " --timeout 1h");

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(message, result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rollout_of_another_image_is_stale()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(Deployments, Last("deployment-zero-replicas"));

        var result = await gate.EndAsync("deployment/web --expect-image=other:1");

        Assert.Equal(124, result.ExitCode);
        Assert.Contains("stale: image is", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deletion_is_waited_for_and_a_new_object_of_the_name_does_not_count_as_the_old_one()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(Deployments, Last("deployment-zero-replicas"));
        var running = gate.RunAsync("deployment/web --for=delete --timeout 1h");
        await gate.WatchingAsync("deployment/web: exists, and is not deleted yet");
        var next = Last("deployment-zero-replicas");
        next["metadata"]!["uid"] = "another";
        gate.Server.Objects.Put(Deployments, next);

        Assert.Equal(0, (await running).ExitCode);
    }

    [Fact]
    public async Task A_Job_that_failed_ends_the_wait_for_its_completion()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobFailed("db"));

        Assert.Equal(1, (await gate.RunAsync("wait --for=condition=complete job/db")).ExitCode);
        Assert.Equal(0, (await gate.RunAsync("wait --for=condition=failed job/db")).ExitCode);
    }

    [Theory]
    [InlineData("crd/widgets.example.com", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions")]
    [InlineData("node/n1", "/api/v1/nodes")]
    [InlineData("ns/n1", "/api/v1/namespaces")]
    [InlineData("cm/n1", "/api/v1/namespaces/shop/configmaps")]
    [InlineData("clusterrole/n1", "/apis/rbac.authorization.k8s.io/v1/clusterroles")]
    [InlineData("pvc/n1", "/api/v1/namespaces/shop/persistentvolumeclaims")]
    [InlineData("pv/n1", "/api/v1/persistentvolumes")]
    [InlineData("apiservice/v1.x", "/apis/apiregistration.k8s.io/v1/apiservices")]
    [InlineData("rc/n1", "/api/v1/namespaces/shop/replicationcontrollers")]
    public async Task A_kind_is_asked_for_where_it_is(string target, string path)
    {
        await using var gate = await GateHarness.StartAsync();

        var result = await gate.RunAsync($"{target} --on-missing=fail");

        Assert.Equal((4, path), (result.ExitCode, Assert.Single(gate.Server.Requests).Path));
    }

    /// <summary>Reason, message, restarts, and whether it is final.</summary>
    [Theory]
    [InlineData("ErrImagePull", "failed to resolve reference \\\"r/x:1\\\": r/x:1: not found", 0, true)]
    [InlineData("ImagePullBackOff", "Back-off pulling image", 0, false)]
    [InlineData("ErrImagePull", "dial tcp 10.0.0.1:443: connect: connection refused", 0, false)]
    [InlineData("ErrImagePull", "pull access denied, repository does not exist", 0, true)]
    [InlineData("CreateContainerConfigError", "configmap \\\"shop\\\" not found", 0, true)]
    [InlineData("InvalidImageName", "", 0, true)]
    [InlineData("CrashLoopBackOff", "back-off", 3, true)]
    [InlineData("CrashLoopBackOff", "back-off", 2, false)]
    [InlineData("ContainerCreating", "", 0, false)]
    public async Task A_pod_that_can_never_start_ends_a_gate_that_fails_fast(string reason, string message, int restarts, bool final)
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(Deployments, Deployment("deployment-progress-deadline", 4));
        gate.Server.Objects.Put(Pods, Stuck("old", "0000000000", "CreateContainerError", "", 0));
        gate.Server.Objects.Put(Pods, Stuck("new", "55bf469f7c", reason, message, restarts));

        var running = gate.RunAsync("deployment/web --fail-fast --timeout 20s");
        await Task.WhenAny(running, gate.Server.ArrivedAsync(request => request is { Resource: "pods", IsWatch: true }, 1));
        if (!final)
            gate.Time.Advance(TimeSpan.FromSeconds(20));
        var result = await running;

        Assert.Equal(final ? 1 : 124, result.ExitCode);
        Assert.Equal(final, result.Message.Contains($"new: container app cannot start: {reason}", StringComparison.Ordinal));
    }

    private static JsonObject Stuck(string name, string hash, string reason, string message, int restarts) =>
        JsonNode
            .Parse(
                $$$"""
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","namespace":"shop",
                  "labels":{"app":"web","pod-template-hash":"{{{hash}}}"} },
                 "status":{"phase":"Pending","containerStatuses":[{"name":"app","ready":false,"restartCount":{{{restarts}}},
                   "state":{"waiting":{"reason":"{{{reason}}}","message":"{{{message}}}"} } }]} }
                """
            )!
            .AsObject();

    private static JsonObject Deployment(string scenario, int line) => InShop(Recording.Line(scenario, "deployments", line));

    private static JsonObject Last(string scenario) => InShop(Recording.EndItems(scenario, "deployments")[0]);

    private static JsonObject InShop(JsonObject item)
    {
        item["metadata"]!["namespace"] = "shop";
        return item;
    }
}
