using System.Text.Json.Nodes;

namespace WaitFor.Verdicts.Tests;

/// <summary>One pod by its name.</summary>
public sealed class PodRulesTests
{
    private sealed record Row(string State, Func<JsonObject?> Object, string Pod, string FailedEnd, string Sentence)
    {
        public Row(string state, Func<JsonObject?> item, string same, string sentence)
            : this(state, item, same, same, sentence) { }
    }

    /// <summary>pod-wr judges one pod as pod does: a set of one is Met, Failed or Pending as a whole.</summary>
    private static readonly Row[] Table =
    [
        new("not there", () => null, "Pending Missing", "not found"),
        new("ready", PodStates.Ready, "Met PodReady", "ready"),
        new("ready, owned by a Job", () => Recording.Line("job-complete", "pods", 5), "Met PodReady", "ready"),
        new("ready, phase missing", () => PodStates.Ready().Without("status.phase"), "Met PodReady", "ready"),
        new("ready, in a phase of no known name", () => PodStates.Ready().With("status.phase", "Resting"), "Met PodReady", "ready"),
        new("ready, the condition at the end", () => PodStates.Ready().Condition("Ready", "True"), "Met PodReady", "ready"),
        new("succeeded", PodStates.Succeeded, "Met PodSucceeded", "succeeded"),
        new("succeeded, owned by a Job", () => Recording.End("job-complete", "pods"), "Met PodSucceeded", "succeeded"),
        new("succeeded after restarts", () => Recording.End("job-onfailure-retry", "pods"), "Met PodSucceeded", "succeeded"),
        new("failed, owned by a Job", PodStates.Failed, "Failed PodFailed", "Met PodFailed", "failed: container migrate exited with 1"),
        new("failed, no owner", PodStates.FailedBare, "Failed PodFailed", "Met PodFailed", "failed: container migrate exited with 1"),
        new(
            "failed, owners []",
            () => PodStates.Failed().With("metadata.ownerReferences", new JsonArray()),
            "Failed PodFailed",
            "Met PodFailed",
            "failed: container migrate exited with 1"
        ),
        new(
            "failed, owner is no controller",
            () => PodStates.Replaced().With("metadata.ownerReferences.0.controller", false),
            "Failed PodFailed",
            "Met PodFailed",
            "failed: container migrate exited with 1"
        ),
        new(
            "failed, owner does not say that it controls",
            () => PodStates.Replaced().Without("metadata.ownerReferences.0.controller"),
            "Failed PodFailed",
            "Met PodFailed",
            "failed: container migrate exited with 1"
        ),
        new(
            "failed, still Ready by its condition",
            () => PodStates.FailedBare().Condition("Ready", "True"),
            "Failed PodFailed",
            "Met PodFailed",
            "failed: container migrate exited with 1"
        ),
        new(
            "failed, evicted",
            () => PodStates.FailedBare().Without("status.containerStatuses").With("status.reason", "Evicted"),
            "Failed PodFailed",
            "Met PodFailed",
            "failed: Evicted"
        ),
        new(
            "failed, nothing says why",
            () => PodStates.FailedBare().Without("status.containerStatuses"),
            "Failed PodFailed",
            "Met PodFailed",
            "failed: no reason given"
        ),
        new(
            "failed, out of memory",
            () =>
                PodStates
                    .FailedBare()
                    .With("status.containerStatuses.0.state.terminated.reason", "OOMKilled")
                    .With("status.containerStatuses.0.state.terminated.exitCode", 137),
            "Failed PodFailed",
            "Met PodFailed",
            "failed: container migrate exited with 137 (OOMKilled)"
        ),
        new(
            "failed, replaced by its ReplicaSet",
            PodStates.Replaced,
            "Pending PodReplaced",
            "failed (container migrate exited with 1), its controller replaces it"
        ),
        new(
            "failed, replaced by its StatefulSet",
            () => PodStates.Failed().OwnedBy("StatefulSet"),
            "Pending PodReplaced",
            "failed (container migrate exited with 1), its controller replaces it"
        ),
        new(
            "failed, replaced by its DaemonSet",
            () => PodStates.Failed().OwnedBy("DaemonSet"),
            "Pending PodReplaced",
            "failed (container migrate exited with 1), its controller replaces it"
        ),
        new(
            "failed, replaced by a controller of another kind",
            () => PodStates.Failed().OwnedBy("Rollout"),
            "Pending PodReplaced",
            "failed (container migrate exited with 1), its controller replaces it"
        ),
        new(
            "failed, its controller is not the first owner",
            () =>
                PodStates
                    .Failed()
                    .With(
                        "metadata.ownerReferences",
                        new JsonArray(
                            new JsonObject { ["kind"] = "Job" },
                            null,
                            new JsonObject { ["kind"] = "ReplicaSet", ["controller"] = true }
                        )
                    ),
            "Pending PodReplaced",
            "failed (container migrate exited with 1), its controller replaces it"
        ),
        new(
            "failed, kind of its controller not set",
            () => PodStates.Replaced().Without("metadata.ownerReferences.0.kind"),
            "Pending PodNotReady",
            "failed, and its controller is of no known kind"
        ),
        new(
            "failed, kind of its controller empty",
            () => PodStates.Replaced().With("metadata.ownerReferences.0.kind", ""),
            "Pending PodNotReady",
            "failed, and its controller is of no known kind"
        ),
        new("being deleted, running and ready", PodStates.Deleting, "Pending BeingDeleted", "being deleted"),
        new("being deleted, failed", () => Recording.Line("job-deadline-exceeded", "pods", 10), "Pending BeingDeleted", "being deleted"),
        new("being deleted, succeeded", () => PodStates.Succeeded().Deleting(), "Pending BeingDeleted", "being deleted"),
        new("being deleted, unscheduled", () => PodStates.Unscheduled().Deleting(), "Pending BeingDeleted", "being deleted"),
        new(
            "Ready Unknown",
            () => PodStates.Ready().Condition("Ready", "Unknown"),
            "Pending PodNotReady",
            "readiness unknown (its node does not report)"
        ),
        new("Ready Unknown, succeeded", () => PodStates.Succeeded().Condition("Ready", "Unknown"), "Met PodSucceeded", "succeeded"),
        new(
            "Ready False without a reason",
            () => PodStates.Ready().Condition("Ready", "False"),
            "Pending PodNotReady",
            "running, not ready"
        ),
        new("Ready in other letters", () => PodStates.Ready().Condition("Ready", "true"), "Pending PodNotReady", "running, not ready"),
        new("Ready missing", () => PodStates.Ready().WithoutCondition("Ready"), "Pending PodNotReady", "running, not ready"),
        new(
            "only ContainersReady True",
            () => PodStates.Unready().Condition("ContainersReady", "True"),
            "Pending PodNotReady",
            "running, not ready"
        ),
        new("lost its readiness", PodStates.Unready, "Pending PodNotReady", "running, not ready"),
        new("no status", () => PodStates.Ready().Without("status"), "Pending PodNotReady", "phase not set"),
        new("no conditions", () => PodStates.Ready().Without("status.conditions"), "Pending PodNotReady", "running, not ready"),
        new("phase Unknown", () => PodStates.Unready().With("status.phase", "Unknown"), "Pending PodNotReady", "phase Unknown"),
        new(
            "phase in other letters",
            () => PodStates.Succeeded().With("status.phase", "succeeded"),
            "Pending PodNotReady",
            "phase succeeded"
        ),
        new(
            "all containers ended with 0, phase still Running",
            () => Recording.Line("job-complete", "pods", 6),
            "Pending PodNotReady",
            "running, not ready"
        ),
        new("just created", () => Recording.Line("pod-crashloop", "pods", 1), "Pending PodNotReady", "phase Pending"),
        new(
            "being started",
            () => Recording.Line("pod-crashloop", "pods", 3),
            "Pending PodNotReady",
            "container main is waiting: ContainerCreating"
        ),
        new("crashed once", () => Recording.Line("pod-crashloop", "pods", 6), "Pending PodNotReady", "container main exited with 3"),
        new(
            "crash loop",
            () => Recording.Line("pod-crashloop", "pods", 9),
            "Pending PodNotReady",
            "container main is waiting: CrashLoopBackOff (last exited with 3, 1 restart)"
        ),
        new(
            "crash loop, again",
            () => Recording.Line("pod-crashloop", "pods", 12),
            "Pending PodNotReady",
            "container main is waiting: CrashLoopBackOff (last exited with 3, 2 restarts)"
        ),
        new(
            "crashed again",
            () => Recording.End("pod-crashloop", "pods"),
            "Pending PodNotReady",
            "container main exited with 3 (last exited with 3, 3 restarts)"
        ),
        new(
            "running again after a crash, not ready",
            () => Recording.Line("pod-crashloop", "pods", 13).Condition("Ready", "False").With("status.containerStatuses.0.ready", false),
            "Pending PodNotReady",
            "container main is not ready (last exited with 3, 3 restarts)"
        ),
        new(
            "ended with 0 after restarts, phase still Running",
            () => Recording.Line("job-onfailure-retry", "pods", 11),
            "Pending PodNotReady",
            "container migrate exited with 0 (last exited with 1, 2 restarts)"
        ),
        new(
            "image pull fails",
            () => Recording.Line("job-image-pull-error", "pods", 5),
            "Pending PodNotReady",
            "container migrate is waiting: ErrImagePull"
        ),
        new(
            "image pull in back-off",
            () => Recording.End("job-image-pull-error", "pods"),
            "Pending PodNotReady",
            "container migrate is waiting: ImagePullBackOff"
        ),
        new(
            "no such ConfigMap",
            () => Recording.End("job-missing-configmap", "pods"),
            "Pending PodNotReady",
            "container migrate is waiting: CreateContainerConfigError"
        ),
        new(
            "waiting without a reason",
            () => Recording.End("job-missing-configmap", "pods").Without("status.containerStatuses.0.state.waiting.reason"),
            "Pending PodNotReady",
            "container migrate is waiting: no reason given"
        ),
        new(
            "not schedulable",
            PodStates.Unscheduled,
            "Pending PodNotReady",
            "not scheduled: 0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, "
                + "preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."
        ),
        new(
            "not schedulable, reason only",
            () => PodStates.Unscheduled().Condition("PodScheduled", "False", "Unschedulable"),
            "Pending PodNotReady",
            "not scheduled: Unschedulable"
        ),
        new(
            "not schedulable, nothing says why",
            () => PodStates.Unscheduled().Condition("PodScheduled", "False"),
            "Pending PodNotReady",
            "not scheduled: no reason given"
        ),
        new(
            "held by a scheduling gate",
            () =>
                PodStates
                    .Unscheduled()
                    .Condition("PodScheduled", "False", "SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates"),
            "Pending PodNotReady",
            "not scheduled: Scheduling is blocked due to non-empty scheduling gates"
        ),
        new(
            "init container waits",
            () => WithInit(Waiting("init", "ImagePullBackOff")),
            "Pending PodNotReady",
            "container init is waiting: ImagePullBackOff"
        ),
        new("init container failed", () => WithInit(Terminated("init", 2)), "Pending PodNotReady", "container init exited with 2"),
        new(
            "init container is through, the container says why",
            () => WithInit(Terminated("init", 0).With("ready", true)),
            "Pending PodNotReady",
            "container main is waiting: CrashLoopBackOff (last exited with 3, 1 restart)"
        ),
        new(
            "PodInitializing says nothing",
            () => WithInit(Terminated("init", 0)).With("status.containerStatuses.0", Waiting("main", "PodInitializing")),
            "Pending PodNotReady",
            "running, not ready"
        ),
        new(
            "a container that is ready is not to blame",
            () => Recording.Line("pod-crashloop", "pods", 9).With("status.containerStatuses.0.ready", true),
            "Pending PodNotReady",
            "running, not ready"
        ),
    ];

    public static TheoryData<string, Tolerance> Cells()
    {
        var cells = new TheoryData<string, Tolerance>();
        foreach (var row in Table)
        {
            foreach (var tolerance in Enum.GetValues<Tolerance>())
                cells.Add(row.State, tolerance);
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Every_state_has_its_verdict_and_sentence(string state, Tolerance tolerance)
    {
        var row = Table.Single(row => row.State == state);
        var expected = tolerance == Tolerance.FailedEnd ? row.FailedEnd : row.Pod;

        var verdict = PodRules.Named(Asked.Pod with { Tolerance = tolerance }, row.Object()?.Pod());

        Assert.Equal(expected, verdict.Short());
        Assert.Equal(expected == "Met PodFailed" ? row.Sentence + ", which is accepted" : row.Sentence, verdict.Sentence);
        Assert.Empty(verdict.Objects);
    }

    [Theory]
    [InlineData("ready")]
    [InlineData("succeeded")]
    [InlineData("failed")]
    [InlineData("failed-bare")]
    [InlineData("replaced")]
    [InlineData("unready")]
    [InlineData("deleting")]
    public void A_stale_pod_is_Pending_whatever_its_state(string state)
    {
        var pod = PodStates.ByName[state]().Pod();

        foreach (var tolerance in Enum.GetValues<Tolerance>())
        {
            Assert.Equal("Pending Stale", PodRules.Named((Asked.Pod with { Tolerance = tolerance }).Label("version", "2"), pod).Short());
            Assert.Equal("Pending Stale", PodRules.Named((Asked.Pod with { Tolerance = tolerance }).Image("web:2"), pod).Short());
        }
    }

    private static JsonObject WithInit(JsonObject status) =>
        Recording.Line("pod-crashloop", "pods", 9).With("status.initContainerStatuses", new JsonArray(status));

    private static JsonObject Waiting(string name, string reason) =>
        new()
        {
            ["name"] = name,
            ["ready"] = false,
            ["restartCount"] = 0,
            ["state"] = new JsonObject { ["waiting"] = new JsonObject { ["reason"] = reason } },
        };

    private static JsonObject Terminated(string name, int exitCode) =>
        new()
        {
            ["name"] = name,
            ["ready"] = false,
            ["restartCount"] = 0,
            ["state"] = new JsonObject
            {
                ["terminated"] = new JsonObject { ["exitCode"] = exitCode, ["reason"] = exitCode == 0 ? "Completed" : "Error" },
            },
        };
}
