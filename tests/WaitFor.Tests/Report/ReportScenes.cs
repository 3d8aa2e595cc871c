using WaitFor.Report;
using WaitFor.Verdicts.Tests;

namespace WaitFor.Tests.Report;

/// <summary>The ends of gates whose whole text is compared.</summary>
internal static class ReportScenes
{
    public static IReadOnlyDictionary<string, Func<Diagnosis>> All { get; } =
        new Func<Diagnosis>[] { FailedScript, MissingNearMiss, ImagePull, Several, Denied }.ToDictionary(scene => scene.Method.Name);

    /// <summary>A script failed and said why.</summary>
    public static Diagnosis FailedScript() =>
        Scene.Diagnose(
            "failed",
            Scene.Of("job-failed-backoff0") with
            {
                Log = ["V11__add_table.sql: done", "V12__add_index.sql: lock timeout"],
            }
        );

    /// <summary>The last release's Job exists; events cannot be read.</summary>
    public static Diagnosis MissingNearMiss() =>
        Scene.Diagnose(
            "timed-out",
            [
                new Gap("events in namespace shop", "list events in namespace shop", "events is forbidden"),
                new Gap("pods in namespace shop", Permission: null, "not read within 5s"),
            ],
            [new Scene("job/db-migrate-v42") { Neighbours = [HintRow.Neighbour("db-migrate-v41"), HintRow.Neighbour("cleanup")] }]
        );

    /// <summary>An image does not exist.</summary>
    public static Diagnosis ImagePull() => Scene.Diagnose("timed-out", Scene.Of("job-image-pull-error"));

    /// <summary>Three targets of several namespaces: met, running, not ready.</summary>
    public static Diagnosis Several() =>
        Scene.Diagnose(
            "timed-out",
            Scene.Of("pod-completed", "pod/once") with
            {
                ShowNamespace = true,
            },
            HintRow.Running() with
            {
                ShowNamespace = true,
            },
            Scene.Of("deployment-service-rollout", "service/web") with
            {
                ShowNamespace = true,
                Pods = [Recording.End("deployment-service-rollout", "pods", 0)],
                Events =
                [
                    .. Recording.EndItems("deployment-service-rollout", "events").Where(item => (string?)item["reason"] == "Unhealthy"),
                ],
            }
        );

    /// <summary>The Job cannot be read.</summary>
    public static Diagnosis Denied() =>
        Scene.Diagnose(
            "denied",
            new Scene("job/migrate")
            {
                Namespace = "rec-errors",
                Synced = false,
                Fault = HintRow.Denied("403-jobs-list"),
            }
        );
}
