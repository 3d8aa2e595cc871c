using System.Text.Json.Nodes;
using WaitFor.Report;
using WaitFor.Testing;
using WaitFor.Tests.Watching;
using WaitFor.Verdicts;
using WaitFor.Verdicts.Tests;

namespace WaitFor.Tests.Report;

/// <summary>What is read for the report, where everything can be read.</summary>
public sealed class CollectorTests
{
    private const string Failed = "rec-job-failed-backoff0";

    [Fact]
    public async Task A_failed_Job_is_shown_with_its_pod_its_log_and_all_events_newest_first()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Put("job-failed-backoff0");
        gate.Server.Log(Answers.Text(200, "connecting\nV11 done\n\nERROR: lock timeout\n"));
        var result = await gate.EndAsync($"job/migrate -n {Failed}");

        var facts = await gate.CollectAsync(result);

        Assert.Empty(facts.Gaps);
        Assert.Equal(gate.Time.GetUtcNow(), facts.Now);
        var target = Assert.Single(facts.Targets);
        Assert.Equal("Failed JobFailed", target.Verdict.Short());
        Assert.Equal("migrate", Assert.Single(target.Jobs).Metadata!.Name);
        Assert.Equal(1, target.PodCount);
        var pod = Assert.Single(target.Pods);
        Assert.Equal(("migrate-mz97j", "migrate"), (pod.Name, pod.LogContainer));
        Assert.Equal(["connecting", "V11 done", "ERROR: lock timeout"], pod.Log);
        Assert.Equal(
            ["BackoffLimitExceeded", "Created", "Pulled", "Scheduled", "Started", "SuccessfulCreate"],
            target.Events.Select(item => item.Reason).Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            target.Events.Select(item => Moment.Of(item.LastSeen)).OrderDescending(),
            target.Events.Select(item => Moment.Of(item.LastSeen))
        );
    }

    [Fact]
    public async Task Each_thing_is_asked_once_and_by_the_narrowest_selector()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Put("job-failed-backoff0");
        gate.Server.Log(Answers.Text(200, "x"));
        var result = await gate.EndAsync($"job/migrate -n {Failed}");
        var before = gate.Server.Requests.Count;

        await gate.CollectAsync(result);

        Assert.Equal(
            [
                $"/api/v1/namespaces/{Failed}/events?fieldSelector=involvedObject.uid=3693503c-21b5-4a77-9365-54e7e8f2b617&limit=500",
                $"/api/v1/namespaces/{Failed}/events?fieldSelector=involvedObject.uid="
                    + $"{Recording.End("job-failed-backoff0", "pods")["metadata"]!["uid"]}&limit=500",
                $"/api/v1/namespaces/{Failed}/pods/migrate-mz97j/log?container=migrate&tailLines=20&limitBytes=262144",
                $"/api/v1/namespaces/{Failed}/pods?labelSelector=batch.kubernetes.io/controller-uid="
                    + "3693503c-21b5-4a77-9365-54e7e8f2b617&limit=500",
            ],
            gate.Server.Requests.Skip(before).Where(request => !request.IsWatch).Select(CollectorServer.Text).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Things_are_asked_in_parallel()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Put("job-failed-backoff0");
        gate.Server.Log(Answers.Text(200, "x"));
        var result = await gate.EndAsync($"job/migrate -n {Failed}");
        // Nobody gets an answer before the other was asked.
        gate.Server.TogetherOnce(CollectorServer.JobEvents, request => request.Resource == "pods");
        gate.Server.TogetherOnce(CollectorServer.PodEvents, request => request.Resource == "log");

        Assert.Empty((await gate.CollectAsync(result)).Gaps);
    }

    [Fact]
    public async Task Targets_are_looked_at_in_parallel_and_a_met_one_not_at_all()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Put("job-unschedulable");
        gate.Server.Put("job-image-pull-error");
        gate.Server.Put("pod-completed");
        var result = await gate.EndAsync(
            "rec-pod-completed/pod/once rec-job-image-pull-error/job/migrate rec-job-unschedulable/job/migrate"
        );
        var before = gate.Server.Requests.Count;
        gate.Server.TogetherOnce(
            request => request.Path == ApiObjects.Pods("rec-job-image-pull-error"),
            request => request.Path == ApiObjects.Pods("rec-job-unschedulable")
        );

        var facts = await gate.CollectAsync(result);

        Assert.Equal(["once", "migrate", "migrate"], facts.Targets.Select(target => target.Target.Name));
        Assert.Equal([0, 1, 1], facts.Targets.Select(target => target.Pods.Count));
        Assert.DoesNotContain(gate.Server.Requests.Skip(before).Where(request => !request.IsWatch), request =>
            request.Path.Contains("rec-pod-completed", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Five_pods_are_shown_the_present_one_first_then_failed_ones()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Put("job-retry-then-complete", pods: false);
        gate.Server.Objects.Put(ApiObjects.Jobs("rec-job-retry-then-complete"), Recording.Line("job-retry-then-complete", "jobs", 8));
        for (var i = 1; i <= 7; i++)
        {
            var pod = (
                i is 2 ? Recording.Line("job-retry-then-complete", "pods", 8)
                : i is 7 ? Recording.End("job-retry-then-complete", "pods", 1)
                : Recording.Line("job-retry-then-complete", "pods", 13)
            ).With("kind", "Pod").Named($"pod-{i}").With("metadata.creationTimestamp", $"2026-11-20T03:0{i}:00Z");
            gate.Server.Objects.Put(ApiObjects.Pods("rec-job-retry-then-complete"), pod);
        }

        var result = await gate.EndAsync("job/migrate -n rec-job-retry-then-complete");

        var target = (await gate.CollectAsync(result)).Targets[0];

        // The seventh has succeeded: of it there is least to say.
        Assert.Equal(["pod-6", "pod-2", "pod-5", "pod-4", "pod-3"], target.Pods.Select(pod => pod.Name));
        Assert.Equal(7, target.PodCount);
    }

    [Fact]
    public async Task All_events_are_read_and_ten_are_shown()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Put("job-image-pull-error", events: false);
        for (var i = 10; i < 25; i++)
        {
            gate.Server.Objects.Put(
                ApiObjects.Events("rec-job-image-pull-error"),
                Recording
                    .EndItems("job-image-pull-error", "events")[0]
                    .With("kind", "Event")
                    .Named($"e{i}")
                    .With("reason", $"R{i}")
                    .Without("eventTime")
                    .With("lastTimestamp", $"2026-11-20T03:{i}:00Z")
            );
        }

        var result = await gate.EndAsync("job/migrate -n rec-job-image-pull-error");

        var target = (await gate.CollectAsync(result)).Targets[0];

        Assert.Equal(
            ["R24", "R23", "R22", "R21", "R20", "R19", "R18", "R17", "R16", "R15"],
            target.ShownEvents.Select(item => item.Reason)
        );
        Assert.Equal(15, target.Events.Count);
        Assert.Equal("R10", target.Events[^1].Reason);
    }

    [Fact]
    public async Task Of_a_set_three_objects_are_looked_at_failed_ones_first()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        foreach (
            var job in (JsonObject[])
                [
                    ApiObjects.JobComplete("a"),
                    ApiObjects.JobRunning("b"),
                    ApiObjects.JobRunning("c"),
                    ApiObjects.JobRunning("d"),
                    ApiObjects.JobFailed("z"),
                ]
        )
            gate.Server.Objects.Put(ApiObjects.Jobs("shop"), job.Label("app", "x"));
        var result = await gate.EndAsync("job:app=x");

        Assert.Equal(["z", "b", "c"], (await gate.CollectAsync(result)).Targets[0].Jobs.Select(job => job.Metadata!.Name));
    }

    [Fact]
    public async Task Of_a_set_that_is_stale_the_stale_ones_are_shown()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("a").Label("app", "x"));
        var result = await gate.EndAsync("job:app=x --expect-label release=v42");

        Assert.Equal(["a"], (await gate.CollectAsync(result)).Targets[0].Jobs.Select(job => job.Metadata!.Name));
    }

    [Fact]
    public async Task A_service_is_shown_with_its_slices_and_those_of_its_pods_that_are_not_ready()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Put("deployment-service-rollout");
        gate.Server.Log(Answers.Text(200, "listening"));
        var result = await gate.EndAsync("service/web -n rec-deployment-service-rollout");

        var target = (await gate.CollectAsync(result)).Targets[0];

        Assert.Equal(["web"], target.Services.Select(service => service.Metadata!.Name));
        Assert.Equal(3, Assert.Single(target.Slices).Endpoints!.Count);
        Assert.Equal(3, target.PodCount);
        var pod = Assert.Single(target.Pods);
        // It runs: then its present log is the telling one.
        Assert.Equal(("web-6696cbdd98-pcx7d", "web", "listening"), (pod.Name, pod.LogContainer, string.Join('|', pod.Log)));
        Assert.DoesNotContain(gate.Server.Requests, request => request.Query.ContainsKey("previous"));
        Assert.Contains("Unhealthy", target.Events.Select(item => item.Reason));
    }

    [Fact]
    public async Task A_service_without_selector_has_no_pods_to_be_looked_for()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Put("service-no-selector");
        var result = await gate.EndAsync("service/legacy-db -n rec-service-no-selector");

        var facts = await gate.CollectAsync(result);

        // Nothing says which pods are its own: that is not the same as none.
        Assert.Equal((null, 0), (facts.Targets[0].PodCount, facts.Gaps.Count));
        Assert.DoesNotContain(gate.Server.Requests, request => request.Resource == "pods");
    }

    [Fact]
    public async Task Where_one_of_several_services_has_no_selector_nobody_knows_how_many_pods_there_are()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(
            ApiObjects.Services("shop"),
            ApiObjects.Service("a").Label("app", "x").With("spec.selector", new JsonObject { ["app"] = "x" })
        );
        gate.Server.Objects.Put(ApiObjects.Services("shop"), ApiObjects.Service("b").Label("app", "x").Without("spec.selector"));
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("p", ready: false, """{"app":"x"}"""));
        var result = await gate.EndAsync("service:app=x");

        var facts = await gate.CollectAsync(result);

        Assert.Null(facts.Targets[0].PodCount);
        Assert.Equal(["p"], facts.Targets[0].Pods.Select(pod => pod.Name));
        Assert.Empty(facts.Gaps);
    }

    [Fact]
    public async Task Stale_pods_of_a_set_are_not_looked_at()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("old", ready: false, """{"app":"x"}"""));
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("new", ready: false, """{"app":"x","release":"v42"}"""));
        var result = await gate.EndAsync("pod:app=x --expect-label release=v42");

        var target = (await gate.CollectAsync(result)).Targets[0];

        Assert.Equal(["new"], target.Pods.Select(pod => pod.Name));
        Assert.Equal(1, target.PodCount);
    }

    [Fact]
    public async Task Pods_that_are_waited_for_are_not_read_again()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Put("deployment-service-rollout");
        gate.Server.Log(Answers.Text(200, "x"));
        var result = await gate.EndAsync("pod:app=web -n rec-deployment-service-rollout");
        var before = gate.Server.Requests.Count;

        var target = (await gate.CollectAsync(result)).Targets[0];

        Assert.Equal(["web-6696cbdd98-pcx7d"], target.Pods.Select(pod => pod.Name));
        Assert.Equal(3, target.PodCount);
        Assert.Equal(
            ["events", "log"],
            gate.Server.Requests.Skip(before)
                .Where(request => !request.IsWatch)
                .Select(request => request.Resource)
                .Order(StringComparer.Ordinal)
        );
    }
}
