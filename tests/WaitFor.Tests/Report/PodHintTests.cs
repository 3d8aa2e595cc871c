using System.Text.Json.Nodes;
using WaitFor.Report.Hints;
using WaitFor.Verdicts.Tests;
using static WaitFor.Tests.Report.HintRow;

namespace WaitFor.Tests.Report;

/// <summary>What the ends of containers say.</summary>
public sealed class PodHintTests
{
    internal static readonly HintRow[] Table =
    [
        new("a script failed and said why",
            () => Scene.Of("job-failed-backoff0"),
            new Hint(nameof(PodHints.ContainerFailed), "migrate-mz97j: V12__add_index.sql: lock timeout",
                "Mend what it says; its whole log: kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c migrate")),
        new("a script failed after its pod had not been ready for a while",
            () => Scene.Of("job-failed-backoff0").Event("Unhealthy", "Readiness probe failed"),
            new Hint(nameof(PodHints.ContainerFailed), "migrate-mz97j: V12__add_index.sql: lock timeout",
                "Mend what it says; its whole log: kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c migrate")),
        new("a container failed without a word",
            () => Scene.Of("job-failed-backoff0").Pod(pod => pod.Without("status.containerStatuses.0.state.terminated.message")),
            new Hint(nameof(PodHints.ContainerFailed), "migrate-mz97j: exited with 1",
                "Mend what it says; its whole log: kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c migrate")),
        new("a container failed without a word, its log was read",
            () => Scene.Of("job-failed-backoff0").Pod(pod => pod.Without("status.containerStatuses.0.state.terminated.message")) with { Log = ["connecting", "ERROR: deadlock detected"] },
            new Hint(nameof(PodHints.ContainerFailed), "migrate-mz97j: ERROR: deadlock detected",
                "Mend what it says; its whole log: kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c migrate")),
        new("a container was killed by a signal",
            () => Scene.Of("job-failed-backoff0").Pod(pod => pod.With("status.containerStatuses.0.state.terminated", End(137, "Error", signal: 9))),
            new Hint(nameof(PodHints.ContainerFailed), "migrate-mz97j: exited with 137 (signal 9)",
                "Mend what it says; its whole log: kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c migrate")),
        new("a container used too much memory",
            () => Scene.Of("job-failed-backoff0").Pod(pod => pod.With("status.containerStatuses.0.state.terminated", End(137, "OOMKilled"))),
            new Hint(nameof(PodHints.OutOfMemory), "migrate-mz97j: container migrate used more than its memory limit and was killed (OOMKilled)",
                "Raise resources.limits.memory of container migrate, or let it use less.")),
        new("one container used too much memory, another failed after it",
            () => Scene.Of("job-failed-backoff0").Pod(pod => pod.With("status.initContainerStatuses", new JsonArray(Container("prepare", End(137, "OOMKilled"))))),
            new Hint(nameof(PodHints.OutOfMemory), "migrate-mz97j: container prepare used more than its memory limit and was killed (OOMKilled)",
                "Raise resources.limits.memory of container prepare, or let it use less."),
            new Hint(nameof(PodHints.ContainerFailed), "migrate-mz97j, container migrate: V12__add_index.sql: lock timeout",
                "Mend what it says; its whole log: kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c migrate")),
        new("an init container failed",
            () => Scene.Of("job-failed-backoff0").Pod(pod => pod.With("status.initContainerStatuses", new JsonArray(Container("prepare", End(2, "Error")))).With("status.containerStatuses.0.state", Waiting("PodInitializing"))),
            new Hint(nameof(PodHints.ContainerFailed), "migrate-mz97j, container prepare: exited with 2",
                "Mend what it says; its whole log: kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c prepare")),
        new("a crash loop, container ended",
            () => Scene.Of("pod-crashloop", "pod/crash"),
            new Hint(nameof(PodHints.ContainerFailed), "crash: no such table: users",
                "Mend what it says; its whole log: kubectl logs crash -n rec-pod-crashloop -c main")),
        new("a crash loop, waiting for the next start",
            () => Scene.Of("pod-crashloop", "pod/crash") with { Pods = [Recording.Line("pod-crashloop", "pods", 9)] },
            new Hint(nameof(PodHints.ContainerFailed), "crash: no such table: users",
                "Mend what it says; its whole log: kubectl logs crash -n rec-pod-crashloop -c main --previous")),
        new("a crash loop, running again",
            () => Scene.Of("pod-crashloop", "pod/crash") with { Pods = [Recording.Line("pod-crashloop", "pods", 13).Condition("Ready", "False")] },
            new Hint(nameof(PodHints.ContainerFailed), "crash: no such table: users",
                "Mend what it says; its whole log: kubectl logs crash -n rec-pod-crashloop -c main --previous")),
        new("evicted",
            () => Scene.Of("job-failed-backoff0").Pod(pod => pod.With("status.reason", "Evicted").With("status.message", "The node was low on resource: ephemeral-storage.").Without("status.containerStatuses")),
            new Hint(nameof(PodHints.Evicted), "migrate-mz97j was evicted: The node was low on resource: ephemeral-storage.",
                "Give it requests that match what it uses (and a priority), so that its node keeps it.")),
        new("preempted by a pod of more weight",
            () => Scene.Of("job-failed-backoff0").Pod(pod => pod.With("status.reason", "Preempting").Without("status.containerStatuses")),
            new Hint(nameof(PodHints.Evicted), "migrate-mz97j was evicted: no message",
                "Give it requests that match what it uses (and a priority), so that its node keeps it.")),
    ];

    public static TheoryData<string> Scenes => HintRow.NamesOf(Table);

    [Theory]
    [MemberData(nameof(Scenes))]
    public void Says_what_stands_in_the_way_and_what_to_do(string scene) => HintRow.Check(Table, scene);
}
