using System.Text.Json.Nodes;
using WaitFor.Report.Hints;
using WaitFor.Verdicts.Tests;
using static WaitFor.Tests.Report.HintRow;

namespace WaitFor.Tests.Report;

/// <summary>What the ends of containers say.</summary>
public sealed class PodHintTests
{
    private const string NewJob = "Fix the cause, then apply a new Job (a failed one never runs again); the whole log: ";

    internal static readonly HintRow[] Table =
    [
        new(
            "a script failed and said why",
            () => Scene.Of("job-failed-backoff0"),
            new Hint(
                nameof(PodHints.ContainerFailed),
                "migrate-mz97j: V12__add_index.sql: lock timeout",
                NewJob + "kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c migrate"
            )
        ),
        new(
            "a script failed after its pod had not been ready for a while",
            () => Scene.Of("job-failed-backoff0").Event("Unhealthy", "Readiness probe failed"),
            new Hint(
                nameof(PodHints.ContainerFailed),
                "migrate-mz97j: V12__add_index.sql: lock timeout",
                NewJob + "kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c migrate"
            )
        ),
        new(
            "a container failed without a word",
            () => Scene.Of("job-failed-backoff0").Pod(pod => pod.Without("status.containerStatuses.0.state.terminated.message")),
            new Hint(
                nameof(PodHints.ContainerFailed),
                "migrate-mz97j: exited with 1",
                NewJob + "kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c migrate"
            )
        ),
        new(
            "a container failed without a word, its log was read",
            () =>
                Scene.Of("job-failed-backoff0").Pod(pod => pod.Without("status.containerStatuses.0.state.terminated.message")) with
                {
                    Log = ["connecting", "ERROR: deadlock detected"],
                },
            new Hint(
                nameof(PodHints.ContainerFailed),
                "migrate-mz97j: ERROR: deadlock detected",
                NewJob + "kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c migrate"
            )
        ),
        new(
            "a container was killed by a signal",
            () =>
                Scene
                    .Of("job-failed-backoff0")
                    .Pod(pod => pod.With("status.containerStatuses.0.state.terminated", End(137, "Error", signal: 9))),
            new Hint(
                nameof(PodHints.ContainerFailed),
                "migrate-mz97j: exited with 137 (signal 9)",
                NewJob + "kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c migrate"
            )
        ),
        new(
            "a container used too much memory",
            () =>
                Scene.Of("job-failed-backoff0").Pod(pod => pod.With("status.containerStatuses.0.state.terminated", End(137, "OOMKilled"))),
            new Hint(
                nameof(PodHints.OutOfMemory),
                "migrate-mz97j: container migrate used more than its memory limit and was killed (OOMKilled)",
                "Raise resources.limits.memory of container migrate, or let it use less."
            )
        ),
        new(
            "one container used too much memory, another failed after it",
            () =>
                Scene
                    .Of("job-failed-backoff0")
                    .Pod(pod => pod.With("status.initContainerStatuses", new JsonArray(Container("prepare", End(137, "OOMKilled"))))),
            new Hint(
                nameof(PodHints.OutOfMemory),
                "migrate-mz97j: container prepare used more than its memory limit and was killed (OOMKilled)",
                "Raise resources.limits.memory of container prepare, or let it use less."
            ),
            new Hint(
                nameof(PodHints.ContainerFailed),
                "migrate-mz97j, container migrate: V12__add_index.sql: lock timeout",
                NewJob + "kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c migrate"
            )
        ),
        new(
            "an init container failed",
            () =>
                Scene
                    .Of("job-failed-backoff0")
                    .Pod(pod =>
                        pod.With("status.initContainerStatuses", new JsonArray(Container("prepare", End(2, "Error"))))
                            .With("status.containerStatuses.0.state", Waiting("PodInitializing"))
                    ),
            new Hint(
                nameof(PodHints.ContainerFailed),
                "migrate-mz97j, container prepare: exited with 2",
                NewJob + "kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c prepare"
            )
        ),
        new(
            "a crash loop, container ended",
            () => Scene.Of("pod-crashloop", "pod/crash"),
            new Hint(
                nameof(PodHints.ContainerFailed),
                "crash: no such table: users",
                "Fix the cause; the whole log: kubectl logs crash -n rec-pod-crashloop -c main"
            )
        ),
        new(
            "a crash loop, waiting for the next start",
            () => Scene.Of("pod-crashloop", "pod/crash") with { Pods = [Recording.Line("pod-crashloop", "pods", 9)] },
            new Hint(
                nameof(PodHints.ContainerFailed),
                "crash: no such table: users",
                "Fix the cause; the whole log: kubectl logs crash -n rec-pod-crashloop -c main --previous"
            )
        ),
        new(
            "a crash loop, running again",
            () =>
                Scene.Of("pod-crashloop", "pod/crash") with
                {
                    Pods =
                    [
                        Recording
                            .Line("pod-crashloop", "pods", 13)
                            .Condition("Ready", "False")
                            .With("status.containerStatuses.0.ready", false)
                            .With("status.containerStatuses.0.lastState.terminated.finishedAt", "2026-11-20T03:20:01Z"),
                    ],
                },
            new Hint(
                nameof(PodHints.ContainerFailed),
                "crash: no such table: users",
                "Fix the cause; the whole log: kubectl logs crash -n rec-pod-crashloop -c main --previous"
            )
        ),
        new(
            "evicted",
            () =>
                Scene
                    .Of("job-failed-backoff0")
                    .Pod(pod =>
                        pod.With("status.reason", "Evicted")
                            .With("status.message", "The node was low on resource: ephemeral-storage.")
                            .Without("status.containerStatuses")
                    ),
            new Hint(
                nameof(PodHints.Evicted),
                "migrate-mz97j was evicted: The node was low on resource: ephemeral-storage.",
                "Give it requests that match what it uses (and a priority), so that the node does not evict it."
            )
        ),
        new(
            "of several ends, the one with a message comes first",
            () =>
                Ended(
                    Container("a", End(1, "Error", at: "03:00:00")),
                    Container("b", End(2, "Error", at: "03:10:00", message: "disk full"))
                ),
            new Hint(
                nameof(PodHints.ContainerFailed),
                "migrate-mz97j, container b: disk full",
                NewJob + "kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c b"
            )
        ),
        new(
            "of several ends without a word, the first one comes first",
            () => Ended(Container("a", End(1, "Error", at: "03:10:00")), Container("b", End(2, "Error", at: "03:00:00"))),
            new Hint(
                nameof(PodHints.ContainerFailed),
                "migrate-mz97j, container b: exited with 2",
                NewJob + "kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c b"
            )
        ),
        new(
            "a sidecar that ended with an error comes last, whatever it says",
            () =>
                Ended(Container("a", End(1, "Error", at: "03:10:00")))
                    .Pod(pod =>
                        pod.With("spec.initContainers", new JsonArray(new JsonObject { ["name"] = "proxy", ["restartPolicy"] = "Always" }))
                            .With(
                                "status.initContainerStatuses",
                                new JsonArray(Container("proxy", End(143, "Error", at: "03:00:00", message: "got SIGTERM")))
                            )
                    ),
            new Hint(
                nameof(PodHints.ContainerFailed),
                "migrate-mz97j, container a: exited with 1",
                NewJob + "kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c a"
            )
        ),
        new(
            "an init container comes before a container that ended later",
            () =>
                Ended(Container("a", End(1, "Error", at: "03:10:00")))
                    .Pod(pod =>
                        pod.With("status.initContainerStatuses", new JsonArray(Container("prepare", End(2, "Error", at: "03:00:00"))))
                    ),
            new Hint(
                nameof(PodHints.ContainerFailed),
                "migrate-mz97j, container prepare: exited with 2",
                NewJob + "kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c prepare"
            )
        ),
        new(
            "a message of several lines",
            () =>
                Scene
                    .Of("job-failed-backoff0")
                    .Pod(pod => pod.With("status.containerStatuses.0.state.terminated.message", "V12 failed:\n  lock timeout\r\n\n")),
            new Hint(
                nameof(PodHints.ContainerFailed),
                "migrate-mz97j: V12 failed: lock timeout",
                NewJob + "kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c migrate"
            )
        ),
        new(
            "a message of several lines, of which the first says it all",
            () =>
                Scene
                    .Of("job-failed-backoff0")
                    .Pod(pod =>
                        pod.With("status.containerStatuses.0.state.terminated.message", "V12.sql, line 3: no column\n  statement: SELECT x")
                    ),
            new Hint(
                nameof(PodHints.ContainerFailed),
                "migrate-mz97j: V12.sql, line 3: no column",
                NewJob + "kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c migrate"
            )
        ),
        new(
            "a trace, of which the last line says it",
            () =>
                Scene
                    .Of("job-failed-backoff0")
                    .Pod(pod => pod.With("status.containerStatuses.0.state.terminated.message", "Traceback\n  at x\nValueError: y")),
            new Hint(
                nameof(PodHints.ContainerFailed),
                "migrate-mz97j: Traceback at x ValueError: y",
                NewJob + "kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c migrate"
            )
        ),
        new(
            "a message that is the end of the log",
            () =>
                Scene
                    .Of("job-failed-backoff0")
                    .Pod(pod =>
                        pod.With("spec.containers.0.terminationMessagePolicy", "FallbackToLogsOnError")
                            .With("status.containerStatuses.0.state.terminated.message", "V11 done\nV12 started\nERROR: lock timeout\n\n")
                    ),
            new Hint(
                nameof(PodHints.ContainerFailed),
                "migrate-mz97j: ERROR: lock timeout",
                NewJob + "kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c migrate"
            )
        ),
        new(
            "a pod that is being deleted still tells its failure",
            () => Scene.Of("job-failed-backoff0").Pod(pod => pod.Deleting()),
            new Hint(
                nameof(PodHints.ContainerFailed),
                "migrate-mz97j: V12__add_index.sql: lock timeout",
                NewJob + "kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c migrate"
            )
        ),
        new(
            "the Job has failed, another pod of it is still ending",
            () =>
                Retried() with
                {
                    Jobs = [Recording.End("job-failed-backoff0", "jobs")],
                    Pods = [Recording.Line("job-retry-then-complete", "pods", 8), Recording.End("job-image-pull-error", "pods").Deleting()],
                },
            new Hint(
                nameof(PodHints.ContainerFailed),
                "migrate-tzg6j: exited with 1",
                NewJob + "kubectl logs migrate-tzg6j -n rec-job-retry-then-complete -c migrate"
            )
        ),
        new(
            "nothing but the back-off is known of an image",
            () =>
                Scene
                    .Of("job-image-pull-error")
                    .Pod(pod =>
                        pod.With("status.containerStatuses.0.state", Waiting("ImagePullBackOff", "Back-off pulling image \"shop\""))
                    ) with
                {
                    Events = [],
                },
            new Hint(
                nameof(PodHints.ImagePull),
                "migrate-89xbj cannot pull image localhost:5000/shop/migrations:1.4.2 (ImagePullBackOff)",
                "Check the image's name and tag, the registry, and the pod's imagePullSecrets; the kubelet then retries."
            )
        ),
        new(
            "an earlier try failed, the present one cannot pull its image",
            () => Retried(),
            new Hint(
                nameof(PodHints.ImagePull),
                "migrate-89xbj cannot pull image localhost:5000/shop/migrations:1.4.2 (ImagePullBackOff)",
                "Push the image, or correct its name and tag."
            ),
            new Hint(
                nameof(PodHints.EarlierTryFailed),
                "an earlier attempt failed: migrate-tzg6j: exited with 1",
                "Fix the cause; the whole log: kubectl logs migrate-tzg6j -n rec-job-retry-then-complete -c migrate"
            )
        ),
        new(
            "an earlier try used too much memory",
            () => Retried().Pod(pod => pod.With("status.containerStatuses.0.state.terminated", End(137, "OOMKilled"))),
            new Hint(
                nameof(PodHints.ImagePull),
                "migrate-89xbj cannot pull image localhost:5000/shop/migrations:1.4.2 (ImagePullBackOff)",
                "Push the image, or correct its name and tag."
            ),
            new Hint(
                nameof(PodHints.EarlierTryFailed),
                "an earlier attempt failed: migrate-tzg6j: container migrate used more than its memory limit and was killed (OOMKilled)",
                "Raise resources.limits.memory of container migrate, or let it use less."
            )
        ),
        new(
            "an earlier try was evicted",
            () =>
                Retried().Pod(pod => pod.With("status.reason", "Evicted").With("status.message", "The node was low on resource: memory.")),
            new Hint(
                nameof(PodHints.ImagePull),
                "migrate-89xbj cannot pull image localhost:5000/shop/migrations:1.4.2 (ImagePullBackOff)",
                "Push the image, or correct its name and tag."
            ),
            new Hint(
                nameof(PodHints.EarlierTryFailed),
                "an earlier attempt failed: migrate-tzg6j was evicted: The node was low on resource: memory.",
                "Give it requests that match what it uses (and a priority), so that the node does not evict it."
            )
        ),
        new(
            "evicted: how its containers ended then says nothing",
            () =>
                Scene
                    .Of("job-failed-backoff0")
                    .Pod(pod =>
                        pod.With("status.reason", "Evicted")
                            .With("status.message", "The node was low on resource: memory.")
                            .With("status.containerStatuses.0.state.terminated", End(137, "OOMKilled"))
                    ),
            new Hint(
                nameof(PodHints.Evicted),
                "migrate-mz97j was evicted: The node was low on resource: memory.",
                "Give it requests that match what it uses (and a priority), so that the node does not evict it."
            )
        ),
        new(
            "preempted by a pod of more weight",
            () => Scene.Of("job-failed-backoff0").Pod(pod => pod.With("status.reason", "Preempting").Without("status.containerStatuses")),
            new Hint(
                nameof(PodHints.Evicted),
                "migrate-mz97j was evicted: no message",
                "Give it requests that match what it uses (and a priority), so that the node does not evict it."
            )
        ),
    ];

    /// <summary>The pod of a failed Job with these containers.</summary>
    private static Scene Ended(params JsonNode[] containers) =>
        Scene.Of("job-failed-backoff0").Pod(pod => pod.With("status.containerStatuses", new JsonArray(containers)));

    /// <summary>A Job at its second try: the pod of the first has failed, that of the second waits for its image.</summary>
    private static Scene Retried() =>
        new("job/migrate")
        {
            Jobs = [Recording.Line("job-retry-then-complete", "jobs", 8)],
            Pods = [Recording.Line("job-retry-then-complete", "pods", 8), Recording.End("job-image-pull-error", "pods")],
        };

    public static TheoryData<string> Scenes => HintRow.NamesOf(Table);

    [Theory]
    [MemberData(nameof(Scenes))]
    public void Says_what_stands_in_the_way_and_what_to_do(string scene) => HintRow.Check(Table, scene);
}
