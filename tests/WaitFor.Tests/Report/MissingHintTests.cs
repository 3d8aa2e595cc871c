using System.Text.Json.Nodes;
using WaitFor.Report.Hints;
using WaitFor.Verdicts.Tests;
using static WaitFor.Tests.Report.HintRow;

namespace WaitFor.Tests.Report;

/// <summary>What is reported of a target that does not exist, or whose name another object has.</summary>
public sealed class MissingHintTests
{
    internal static readonly HintRow[] Table =
    [
        new(
            "another version exists",
            () =>
                new Scene("job/db-migrate-v42")
                {
                    Neighbours = [Neighbour("db-migrate-v40"), Neighbour("db-migrate-v41"), Neighbour("cleanup")],
                },
            new Hint(nameof(MissingHints.SimilarName), "job/db-migrate-v41 exists", "Correct the name, or apply job/db-migrate-v42."),
            new Hint(
                nameof(MissingHints.PerhapsRemovedByTtl),
                "a finished Job may have been removed by its ttlSecondsAfterFinished",
                "Apply Job db-migrate-v42; if it may have run already, wait for its completion record with --record NAME."
            )
        ),
        new(
            "the name of a service has a slip",
            () => new Scene("service/redsi") { Neighbours = [Neighbour("redis")] },
            new Hint(nameof(MissingHints.SimilarName), "service/redis exists", "Correct the name, or apply service/redsi.")
        ),
        new(
            "only unrelated names exist",
            () => new Scene("job/db-migrate-v42") { Neighbours = [Neighbour("cleanup"), Neighbour("report-nightly")] },
            new Hint(
                nameof(MissingHints.PerhapsRemovedByTtl),
                "a finished Job may have been removed by its ttlSecondsAfterFinished",
                "Apply Job db-migrate-v42; if it may have run already, wait for its completion record with --record NAME."
            )
        ),
        new(
            "it is in another namespace",
            () => new Scene("job/db-migrate-v42") { Elsewhere = ["infra", "staging", "test", "demo"] },
            new Hint(
                nameof(MissingHints.OtherNamespace),
                "job/db-migrate-v42 is in namespace infra, staging, test",
                "Write infra/job/db-migrate-v42, or -n infra."
            ),
            new Hint(
                nameof(MissingHints.PerhapsRemovedByTtl),
                "a finished Job may have been removed by its ttlSecondsAfterFinished",
                "Apply Job db-migrate-v42; if it may have run already, wait for its completion record with --record NAME."
            )
        ),
        new(
            "there is no such namespace",
            () => new Scene("pod/cache") { Namespace = "shpo", Namespaces = ["default", "shop"] },
            new Hint(
                nameof(MissingHints.NamespaceMissing),
                "namespace shpo was not found; shop exists",
                "Correct the namespace (-n), or create it."
            )
        ),
        new(
            "there is no such namespace, nor one like it",
            () => new Scene("pod/cache") { Namespace = "warehouse", Namespaces = ["default", "shop"] },
            new Hint(nameof(MissingHints.NamespaceMissing), "namespace warehouse was not found", "Correct the namespace (-n), or create "
                + "it.")
        ),
        new(
            "there is no such namespace for a Job",
            () => new Scene("job/db-migrate-v42") { Namespace = "shpo", Namespaces = ["default", "shop"] },
            new Hint(
                nameof(MissingHints.NamespaceMissing),
                "namespace shpo was not found; shop exists",
                "Correct the namespace (-n), or create it."
            )
        ),
        new(
            "the namespace exists",
            () => new Scene("pod/cache") { Namespaces = ["default", "shop"] },
            new Hint(nameof(MissingHints.NotFound), "not found", "Apply pod/cache, or correct its name or namespace (-n).")
        ),
        new(
            "a node was not found",
            () => new Scene("node/n1") { Namespace = null },
            new Hint(nameof(MissingHints.NotFound), "not found", "Apply node/n1, or correct its name.")
        ),
        new(
            "complete, and removed by its TTL",
            () => Scene.Of("job-ttl-deleted"),
            new Hint(
                nameof(MissingHints.RemovedAfterCompletion),
                "Job migrate completed and was removed, probably by its ttlSecondsAfterFinished",
                "Raise ttlSecondsAfterFinished; or, if the Job's name contains its version, let it write a completion record and wait "
                    + "with --record NAME."
            )
        ),
        new(
            "not there, with a record that lacks it",
            () => new Scene("job/db|--record|migrations"),
            new Hint(
                nameof(MissingHints.NotRecorded),
                "no completion record in ConfigMap migrations",
                "Apply Job db; if it has completed, compare with its key: kubectl get configmap migrations -n shop -o yaml"
            )
        ),
        new(
            "a hook of Helm that comes too late",
            () =>
                new Scene("job/db-migrate-v42")
                {
                    Neighbours = [Neighbour("db-migrate-v41", hook: "post-install,post-upgrade")],
                    MadeByHelm = true,
                },
            new Hint(
                nameof(MissingHints.HelmHookDeadlock),
                "Job db-migrate-v41 is a Helm hook (post-install,post-upgrade): with --wait, Helm creates it only after the Deployment "
                    + "is ready, and the Deployment waits for it here",
                "Make the Job a pre-install,pre-upgrade hook."
            ),
            new Hint(nameof(MissingHints.SimilarName), "job/db-migrate-v41 exists", "Correct the name, or apply job/db-migrate-v42."),
            new Hint(
                nameof(MissingHints.PerhapsRemovedByTtl),
                "a finished Job may have been removed by its ttlSecondsAfterFinished",
                "Apply Job db-migrate-v42; if it may have run already, wait for its completion record with --record NAME."
            )
        ),
        new(
            "a hook of Helm that comes first",
            () => new Scene("job/db-migrate-v42") { Neighbours = [Neighbour("db-migrate-v41", hook: "pre-install,pre-upgrade")] },
            new Hint(nameof(MissingHints.SimilarName), "job/db-migrate-v41 exists", "Correct the name, or apply job/db-migrate-v42."),
            new Hint(
                nameof(MissingHints.PerhapsRemovedByTtl),
                "a finished Job may have been removed by its ttlSecondsAfterFinished",
                "Apply Job db-migrate-v42; if it may have run already, wait for its completion record with --record NAME."
            )
        ),
        new(
            "a hook of Helm with another name",
            () => new Scene("job/db-migrate-v42") { Neighbours = [Neighbour("smoke-test", hook: "post-install")] },
            new Hint(
                nameof(MissingHints.PerhapsRemovedByTtl),
                "a finished Job may have been removed by its ttlSecondsAfterFinished",
                "Apply Job db-migrate-v42; if it may have run already, wait for its completion record with --record NAME."
            )
        ),
        new(
            "it was deleted while it ran, and a similar name exists",
            () =>
                new Scene("job/migrate")
                {
                    DeletedJob = Recording.FirstItems("job-running-at-start", "jobs")[0],
                    Neighbours = [Neighbour("migrate-2")],
                    MadeByHelm = true,
                },
            new Hint(
                nameof(MissingHints.DeletedBeforeEnd),
                "Job migrate was deleted while running (1 active of 1 (1 ready))",
                "Find out what deleted it (kubectl delete, a Helm upgrade or hook-delete-policy, a pruning sync of Argo CD or Flux), then "
                    + "apply it again."
            )
        ),
        new(
            "nobody knows whether this pod was created by Helm",
            () => new Scene("job/db-migrate") { MadeByHelm = null },
            new Hint(
                nameof(MissingHints.PerhapsHelmHook),
                "if Helm created this pod: Helm (with --wait) creates a post-install or post-upgrade hook Job only after this pod "
                    + "is ready",
                "Make the Job a pre-install,pre-upgrade hook, if it is a hook."
            ),
            new Hint(
                nameof(MissingHints.PerhapsRemovedByTtl),
                "a finished Job may have been removed by its ttlSecondsAfterFinished",
                "Apply Job db-migrate; if it may have run already, wait for its completion record with --record NAME."
            )
        ),
        new(
            "this pod was created by Helm",
            () => new Scene("job/db-migrate") { MadeByHelm = true },
            new Hint(
                nameof(MissingHints.PerhapsHelmHook),
                "Helm created this pod, and (with --wait) creates a post-install or post-upgrade hook Job only after this pod "
                    + "is ready",
                "Make the Job a pre-install,pre-upgrade hook, if it is a hook."
            ),
            new Hint(
                nameof(MissingHints.PerhapsRemovedByTtl),
                "a finished Job may have been removed by its ttlSecondsAfterFinished",
                "Apply Job db-migrate; if it may have run already, wait for its completion record with --record NAME."
            )
        ),
        new(
            "a hook of Helm of the last release",
            () =>
                Scene
                    .Of("job-complete", "job/migrate|--expect-label|release=v42")
                    .Job(job => job.With("metadata.annotations", new JsonObject { ["helm.sh/hook"] = "post-upgrade" })),
            new Hint(
                nameof(MissingHints.HelmHookDeadlock),
                "Job migrate is a Helm hook (post-upgrade): with --wait, Helm creates it only after the Deployment is ready, and the "
                    + "Deployment waits for it here",
                "Make the Job a pre-install,pre-upgrade hook."
            ),
            new Hint(
                nameof(MissingHints.Stale),
                "stale: label release is not set, expected \"v42\"",
                "Apply this release's Job (delete the old one first: a Job's pod template cannot be changed), or correct --expect-label "
                    + "and --expect-image."
            )
        ),
        new(
            "stale by its label",
            () => Scene.Of("job-complete", "job/migrate|--expect-label|release=v42"),
            new Hint(
                nameof(MissingHints.Stale),
                "stale: label release is not set, expected \"v42\"",
                "Apply this release's Job (delete the old one first: a Job's pod template cannot be changed), or correct --expect-label "
                    + "and --expect-image."
            )
        ),
        new(
            "stale by its image",
            () => Scene.Of("job-complete", "job/migrate|--expect-image|shop:v42"),
            new Hint(
                nameof(MissingHints.Stale),
                "stale: image is busybox:local, expected shop:v42",
                "Apply this release's Job (delete the old one first: a Job's pod template cannot be changed), or correct --expect-label "
                    + "and --expect-image."
            )
        ),
        new(
            "stale pods",
            () => Scene.Of("deployment-service-rollout", "pod:app=web|--expect-image|shop:v42"),
            new Hint(
                nameof(MissingHints.Stale),
                "all 3 that match are stale; web-6696cbdd98-pcx7d: stale: image is busybox:local, expected shop:v42",
                "Roll out this release's pods, or correct --expect-label and --expect-image."
            )
        ),
        new(
            "stale, and failed: how the last release ended says nothing",
            () => Scene.Of("job-failed-backoff0", "job/migrate|--expect-label|release=v42"),
            new Hint(
                nameof(MissingHints.Stale),
                "stale: label release is not set, expected \"v42\"",
                "Apply this release's Job (delete the old one first: a Job's pod template cannot be changed), or correct --expect-label "
                    + "and --expect-image."
            )
        ),
        new(
            "a Job that is gone, whose pods were refused",
            () => new Scene("job/migrate") { Events = Recording.EndItems("job-quota-blocked", "events") },
            new Hint(
                nameof(MissingHints.PerhapsRemovedByTtl),
                "a finished Job may have been removed by its ttlSecondsAfterFinished",
                "Apply Job migrate; if it may have run already, wait for its completion record with --record NAME."
            )
        ),
        new(
            "a hook of Helm that is no part of an installation",
            () => new Scene("job/db-migrate-v42") { Neighbours = [Neighbour("db-migrate-v41", hook: "post-delete,post-rollback")] },
            new Hint(nameof(MissingHints.SimilarName), "job/db-migrate-v41 exists", "Correct the name, or apply job/db-migrate-v42."),
            new Hint(
                nameof(MissingHints.PerhapsRemovedByTtl),
                "a finished Job may have been removed by its ttlSecondsAfterFinished",
                "Apply Job db-migrate-v42; if it may have run already, wait for its completion record with --record NAME."
            )
        ),
        new(
            "held by a finalizer",
            () =>
                Scene
                    .Of("job-complete")
                    .Job(job => job.Deleting().With("metadata.finalizers", new JsonArray("foregroundDeletion", "shop.test/audit"))),
            new Hint(
                nameof(MissingHints.BeingDeleted),
                "it is being deleted, and the finalizers foregroundDeletion, shop.test/audit block the deletion",
                "Find out why the owners of these finalizers do not finish; then apply the object again."
            )
        ),
        new(
            "a pod being deleted, held by nothing",
            () => Scene.Of("pod-completed", "pod/once").Pod(pod => pod.Deleting().Without("metadata.finalizers")),
            new Hint(
                nameof(MissingHints.BeingDeleted),
                "it is being deleted",
                "Wait until it is gone (a node that does not report delays this for its pods), then apply it again."
            )
        ),
        new(
            "a service being deleted",
            () =>
                Scene.Of("deployment-service-rollout", "service/web") with
                {
                    Services = [Recording.End("deployment-service-rollout", "services").Deleting()],
                    Pods = [],
                    PodsRead = false,
                },
            new Hint(
                nameof(MissingHints.BeingDeleted),
                "it is being deleted",
                "Wait until it is gone (a node that does not report delays this for its pods), then apply it again."
            )
        ),
        new(
            "a selector that matches nothing, other values exist",
            () =>
                new Scene("pod:app=webb")
                {
                    Neighbours = [Neighbour("a", app: "web"), Neighbour("b", app: "db"), Neighbour("c", app: "web")],
                },
            new Hint(
                nameof(MissingHints.SelectorMatchesNothing),
                "no pod matches app=webb; label app has the values db, web",
                "Correct the selector; compare: kubectl get pods -n shop --show-labels"
            )
        ),
        new(
            "a selector that matches nothing, other labels exist",
            () => new Scene("job|-l|app in (web, db)") { Neighbours = [Neighbour("a"), Neighbour("b")] },
            new Hint(
                nameof(MissingHints.SelectorMatchesNothing),
                "no job matches app in (web, db); 2 jobs with other labels exist",
                "Correct the selector; compare: kubectl get jobs -n shop --show-labels"
            )
        ),
        new(
            "a selector that matches nothing, one other exists",
            () => new Scene("job|-l|app in (web, db)") { Neighbours = [Neighbour("a")] },
            new Hint(
                nameof(MissingHints.SelectorMatchesNothing),
                "no job matches app in (web, db); 1 job with other labels exists",
                "Correct the selector; compare: kubectl get jobs -n shop --show-labels"
            )
        ),
        new(
            "a selector in all namespaces that matches nothing",
            () => new Scene("service:tier=db|-A") { Namespace = null },
            new Hint(
                nameof(MissingHints.SelectorMatchesNothing),
                "no service matches tier=db",
                "Correct the selector; compare: kubectl get services -A --show-labels"
            )
        ),
    ];

    public static TheoryData<string> Scenes => HintRow.NamesOf(Table);

    [Theory]
    [MemberData(nameof(Scenes))]
    public void Says_what_stands_in_the_way_and_what_to_do(string scene) => HintRow.Check(Table, scene);
}
