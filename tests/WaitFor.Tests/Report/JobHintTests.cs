using System.Text.Json.Nodes;
using WaitFor.Report.Hints;
using WaitFor.Verdicts.Tests;
using static WaitFor.Tests.Report.HintRow;

namespace WaitFor.Tests.Report;

/// <summary>What Jobs and their events say.</summary>
public sealed class JobHintTests
{
    internal static readonly HintRow[] Table =
    [
        new(
            "suspended",
            () => Scene.Of("job-created-suspended"),
            new Hint(
                nameof(JobHints.Suspended),
                "Job migrate is suspended",
                """Resume it, or let its queue admit it: kubectl patch """
                    + """job migrate -n rec-job-created-suspended --type merge -p '{"spec":{"suspend":false}}'"""
            )
        ),
        new(
            "suspended too late: it has failed",
            () => Scene.Of("job-failed-backoff0").Job(job => job.With("spec.suspend", true)),
            new Hint(
                nameof(PodHints.ContainerFailed),
                "migrate-mz97j: V12__add_index.sql: lock timeout",
                "Fix the cause, then apply a new Job (a failed one never runs again); the whole log: kubectl logs migrate-mz97j "
                    + "-n rec-job-failed-backoff0 -c migrate"
            )
        ),
        new(
            "refused by a quota",
            () => Scene.Of("job-quota-blocked"),
            new Hint(
                nameof(JobHints.PodsRefused),
                """its pods are refused: pods "migrate-7c2tc" is forbidden: exceeded quota: none, """
                    + """requested: pods=1, used: pods=0, limited: pods=0""",
                "Raise the quota, free some of it, or lower what the pod requests."
            )
        ),
        new(
            "refused by a quota that wants limits",
            () =>
                Scene
                    .Of("job-quota-blocked")
                    .Event(
                        "FailedCreate",
                        "Error creating: pods \"migrate-x\" is forbidden: failed quota: cpu: must specify limits.cpu for: migrate",
                        "Job"
                    ),
            new Hint(
                nameof(JobHints.PodsRefused),
                """its pods are refused: pods "migrate-x" is forbidden: failed quota: cpu: must specify limits.cpu for: migrate""",
                "Give the pod's containers the requests and limits that the quota requires."
            )
        ),
        new(
            "refused by Pod Security",
            () =>
                Scene
                    .Of("job-quota-blocked")
                    .Event(
                        "FailedCreate",
                        "Error creating: pods \"migrate-x\" is forbidden: violates PodSecurity \"restricted:latest\": runAsNonRoot != true",
                        "Job"
                    ),
            new Hint(
                nameof(JobHints.PodsRefused),
                """its pods are refused: pods "migrate-x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true""",
                "Give the pod the securityContext that the Pod Security level of its namespace requires."
            )
        ),
        new(
            "refused for want of a service account",
            () =>
                Scene
                    .Of("job-quota-blocked")
                    .Event(
                        "FailedCreate",
                        "Error creating: pods \"migrate-\" is forbidden: error looking up service account shop/gate: serviceaccount "
                            + "\"gate\" not found",
                        "Job"
                    ),
            new Hint(
                nameof(JobHints.PodsRefused),
                """its pods are refused: pods "migrate-" is forbidden: error looking up """
                    + """service account shop/gate: serviceaccount "gate" not found""",
                "Create the service account, or correct serviceAccountName in the pod template."
            )
        ),
        new(
            "refused by a webhook",
            () =>
                Scene
                    .Of("job-quota-blocked")
                    .Event(
                        "FailedCreate",
                        "Error creating: admission webhook \"policy.shop.test\" denied the request: no owner label",
                        "Job"
                    ),
            new Hint(
                nameof(JobHints.PodsRefused),
                """its pods are refused: admission webhook "policy.shop.test" denied the request: no owner label""",
                "Correct what the message names; its controller then retries."
            )
        ),
        new("refused at first, made later", () =>
            Scene.Of("job-quota-blocked").Event("SuccessfulCreate", "Created pod: migrate-abcde", "Job")
        ),
        new("refused, and failed since: it is over", () =>
            Scene.Of("job-quota-blocked").Job(job => job.Condition("Failed", "True", "BackoffLimitExceeded"))
        ),
        new(
            "over its deadline",
            () => Scene.Of("job-deadline-exceeded"),
            new Hint(
                nameof(JobHints.DeadlineExceeded),
                "Job migrate was active longer than its activeDeadlineSeconds (3)",
                "Find out what delayed it (a lock, a slow script, a pod that could not start), or raise activeDeadlineSeconds."
            )
        ),
        new(
            "over its deadline, its pods still ending",
            () => Scene.Of("job-deadline-exceeded") with { Jobs = [Recording.Line("job-deadline-exceeded", "jobs", 5)] },
            new Hint(
                nameof(JobHints.DeadlineExceeded),
                "Job migrate was active longer than its activeDeadlineSeconds (3)",
                "Find out what delayed it (a lock, a slow script, a pod that could not start), or raise activeDeadlineSeconds."
            )
        ),
        new(
            "between two attempts",
            () =>
                new Scene("job/migrate")
                {
                    Namespace = "rec-job-retry-then-complete",
                    Jobs = [Recording.Line("job-retry-then-complete", "jobs", 6)],
                    Pods = [Recording.Line("job-retry-then-complete", "pods", 8)],
                    Events = [Recording.Line("job-retry-then-complete", "events", 1)],
                },
            new Hint(
                nameof(PodHints.ContainerFailed),
                "migrate-tzg6j: exited with 1",
                "Fix the cause; the whole log: kubectl logs migrate-tzg6j -n rec-job-retry-then-complete -c migrate"
            ),
            new Hint(
                nameof(JobHints.BackOff),
                "Job migrate failed 1 time (backoffLimit 2) and waits before its next retry",
                "Fix what its last pod reports; set backoffLimit to 0 if a retry cannot help."
            )
        ),
        new(
            "failed twice, its pods cannot be read",
            () =>
                new Scene("job/migrate")
                {
                    Jobs = [Recording.Line("job-retry-then-complete", "jobs", 6).With("status.failed", 2).Without("spec.backoffLimit")],
                    PodsRead = false,
                },
            new Hint(
                nameof(JobHints.BackOff),
                "Job migrate failed 2 times (backoffLimit 6) and waits before its next retry",
                "Fix what its last pod reports; set backoffLimit to 0 if a retry cannot help."
            )
        ),
        new(
            "still running",
            () => Running(),
            new Hint(
                nameof(JobHints.StillRunning),
                "migrate-9pzfk is still running",
                "Let it run (an init container is restarted and continues to wait), or raise --timeout; to watch it: "
                    + "kubectl logs -f migrate-9pzfk -n rec-job-running-at-start -c migrate"
            )
        ),
        new(
            "still running, with a log",
            () => Running() with { Log = ["V1 done", "V2: 40 % of 12 million rows"] },
            new Hint(
                nameof(JobHints.StillRunning),
                "migrate-9pzfk is still running, its last line: V2: 40 % of 12 million rows",
                "Let it run (an init container is restarted and continues to wait), or raise --timeout; to watch it: "
                    + "kubectl logs -f migrate-9pzfk -n rec-job-running-at-start -c migrate"
            )
        ),
        new(
            "at work after a failed try",
            () =>
                new Scene("job/migrate")
                {
                    Jobs = [Recording.Line("job-retry-then-complete", "jobs", 8)],
                    Pods = [Recording.Line("job-retry-then-complete", "pods", 8), Recording.Line("job-retry-then-complete", "pods", 13)],
                },
            new Hint(
                nameof(PodHints.EarlierTryFailed),
                "an earlier attempt failed: migrate-tzg6j: exited with 1",
                "Fix the cause; the whole log: kubectl logs migrate-tzg6j -n rec-job-retry-then-complete -c migrate"
            ),
            new Hint(
                nameof(JobHints.StillRunning),
                "migrate-wnp7c is still running",
                "Let it run (an init container is restarted and continues to wait), or raise --timeout; to watch it: "
                    + "kubectl logs -f migrate-wnp7c -n rec-job-retry-then-complete -c migrate"
            )
        ),
        new(
            "Jobs of a selector, one still running",
            () => Running() with { Words = "job:app=x" },
            new Hint(
                nameof(JobHints.StillRunning),
                "migrate-9pzfk is still running",
                "Let it run (an init container is restarted and continues to wait), or raise --timeout; to watch it: "
                    + "kubectl logs -f migrate-9pzfk -n rec-job-running-at-start -c migrate"
            )
        ),
        new(
            "at work, its init container succeeded at the second start",
            () =>
                Running()
                    .Pod(pod =>
                        pod.With(
                            "status.initContainerStatuses",
                            new JsonArray(
                                Container("prepare", End(0, "Completed"))
                                    .With("lastState", new JsonObject { ["terminated"] = End(1, "Error") })
                            )
                        )
                    ),
            new Hint(
                nameof(JobHints.StillRunning),
                "migrate-9pzfk is still running",
                "Let it run (an init container is restarted and continues to wait), or raise --timeout; to watch it: "
                    + "kubectl logs -f migrate-9pzfk -n rec-job-running-at-start -c migrate"
            )
        ),
        new(
            "at work beside a sidecar: the work is reported",
            () =>
                Running()
                    .Pod(pod =>
                        pod.With("spec.initContainers", new JsonArray(new JsonObject { ["name"] = "proxy", ["restartPolicy"] = "Always" }))
                            .With("status.initContainerStatuses", new JsonArray(Runs("proxy")))
                    ),
            new Hint(
                nameof(JobHints.StillRunning),
                "migrate-9pzfk is still running",
                "Let it run (an init container is restarted and continues to wait), or raise --timeout; to watch it: "
                    + "kubectl logs -f migrate-9pzfk -n rec-job-running-at-start -c migrate"
            )
        ),
        new(
            "the work is done, a proxy goes on",
            () =>
                Running()
                    .Pod(pod =>
                        pod.With("status.containerStatuses", new JsonArray(Runs("proxy"), Container("migrate", End(0, "Completed"))))
                    ),
            new Hint(
                nameof(JobHints.KeptAlive),
                "migrate-9pzfk: container migrate has finished, but container proxy is still running, so the Job never completes",
                "Make proxy an init container with restartPolicy: Always (a sidecar, 1.28 and newer), or let it end when the work is done."
            )
        ),
        new(
            "failed, and its pods are gone",
            () => Scene.Of("job-failed-backoff0") with { Pods = [] },
            new Hint(
                nameof(JobHints.PodsGone),
                "the pods of Job migrate were deleted, and their logs with them",
                "Set restartPolicy: Never in its pod template: then failed pods, and their messages, stay until the Job is removed."
            )
        ),
        new("failed, its pods cannot be read", () => Scene.Of("job-failed-backoff0") with { Pods = [], PodsRead = false }),
        new(
            "suspended between two attempts",
            () => new Scene("job/migrate") { Jobs = [Recording.Line("job-retry-then-complete", "jobs", 6).With("spec.suspend", true)] },
            new Hint(
                nameof(JobHints.Suspended),
                "Job migrate is suspended",
                """Resume it, or let its queue admit it: kubectl patch """
                    + """job migrate -n rec-job-retry-then-complete --type merge -p '{"spec":{"suspend":false}}'"""
            )
        ),
        new(
            "being deleted between two attempts",
            () => new Scene("job/migrate") { Jobs = [Recording.Line("job-retry-then-complete", "jobs", 6).Deleting()] },
            new Hint(
                nameof(MissingHints.BeingDeleted),
                "it is being deleted",
                "Wait until it is gone (a node that does not report delays this for its pods), then apply it again."
            )
        ),
        new(
            "refused in a way that only names a service account",
            () =>
                Scene
                    .Of("job-quota-blocked")
                    .Event(
                        "FailedCreate",
                        "Error creating: pods \"migrate-x\" is forbidden: User \"system:serviceaccount:kube-system:job-controller\" "
                            + "cannot create it",
                        "Job"
                    ),
            new Hint(
                nameof(JobHints.PodsRefused),
                """its pods are refused: pods "migrate-x" is forbidden: """
                    + """User "system:serviceaccount:kube-system:job-controller" cannot create it""",
                "Correct what the message names; its controller then retries."
            )
        ),
        new("its pod is ready to go, nothing else is known", () =>
            new Scene("job/migrate") { Jobs = [Recording.Line("job-complete", "jobs", 2)], Pods = [] }
        ),
        new(
            "no scheduler looks at the pod",
            () => Scene.Of("job-unschedulable").Pod(pod => pod.Without("status.conditions")) with { Events = [] },
            new Hint(
                nameof(PodHints.Unschedulable),
                "migrate-vzvj4: not scheduled, and no scheduler says why",
                "Check that the scheduler runs (kube-scheduler, or the one that the pod's schedulerName names)."
            )
        ),
        new(
            "a pod that was just created, and no scheduler has looked at it yet",
            () =>
                Scene
                    .Of("job-unschedulable")
                    .Pod(pod => pod.Without("status.conditions").With("metadata.creationTimestamp", "2026-11-20T03:29:52Z")) with
                {
                    Events = [],
                }
        ),
    ];

    public static TheoryData<string> Scenes => HintRow.NamesOf(Table);

    [Theory]
    [MemberData(nameof(Scenes))]
    public void Says_what_stands_in_the_way_and_what_to_do(string scene) => HintRow.Check(Table, scene);
}
