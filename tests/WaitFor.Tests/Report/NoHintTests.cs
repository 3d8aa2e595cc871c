using WaitFor.Verdicts.Tests;
using static WaitFor.Tests.Report.HintRow;

namespace WaitFor.Tests.Report;

/// <summary>If nothing is found, nothing is reported.</summary>
public sealed class NoHintTests
{
    internal static readonly HintRow[] Table =
    [
        new("complete", () => Scene.Of("job-complete")),
        new("complete after a restart", () => Scene.Of("job-onfailure-retry")),
        new("complete after a failed try", () => Scene.Of("job-retry-then-complete")),
        new("a failed end that is accepted", () => Scene.Of("job-failed-backoff0", "job-we/migrate")),
        new("three pods ready", () => Scene.Of("service-headless", "pod:app=web")),
        new("a service ready", () => Scene.Of("service-headless", "service/web")),
        new("an external name", () => Scene.Of("service-externalname", "service/mail")),
        new("a pod ended well", () => Scene.Of("pod-completed", "pod/once")),
        new("missing, and opened without it", () => new Scene("job/db|--on-missing|pass")
            {
                Neighbours = [Neighbour("db-1")],
                Elsewhere = ["infra"],
                Namespaces = ["infra"],
                MadeByHelm = true,
            }),
        new("just created", () => new Scene("job/migrate") { Jobs = [Recording.Line("job-complete", "jobs", 1)] }),
        new("a pod that is being deleted starts nothing any more", () => Scene.Of("job-image-pull-error").Pod(pod => pod.Deleting())),
        new("a failed pod that its controller has replaced is history", () =>
            Scene.Of("job-failed-backoff0", "pod/x").Pod(pod => pod.OwnedBy("ReplicaSet"))
        ),
        new("a crash of long ago, running since", () =>
            Scene.Of("pod-crashloop", "pod/crash") with
            {
                Pods = [Recording.Line("pod-crashloop", "pods", 13).Condition("Ready", "False")],
                Events = [],
            }
        ),
        new("a mount that failed before the first start, and no container waits any more", () =>
            Running().Event("FailedMount", "mount failed: exit status 32") with
            {
                Words = "pod/x",
            }
        ),
        new("a pod that starts", () => new Scene("pod/once") { Pods = [Recording.Line("pod-completed", "pods", 3)] }),
    ];

    public static TheoryData<string> Scenes => HintRow.NamesOf(Table);

    [Theory]
    [MemberData(nameof(Scenes))]
    public void Says_nothing(string scene) => HintRow.Check(Table, scene);
}
