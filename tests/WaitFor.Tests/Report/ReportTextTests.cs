using WaitFor.Process;
using WaitFor.Report;
using WaitFor.Verdicts.Tests;

namespace WaitFor.Tests.Report;

/// <summary>The whole text in the log, headline included.</summary>
public sealed class ReportTextTests
{
    [Fact]
    public void A_script_that_failed_is_quoted() =>
        Told(
            "job/migrate (namespace rec-job-failed-backoff0): failed (waited 3m20s): migrate-mz97j: "
                + "V12__add_index.sql: lock timeout\n"
                + """

                What to do
                  Fix the cause, then apply a new Job (a failed one never runs again); the whole log:
                    kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c migrate

                Details
                  job migrate: created 29m ago, backoffLimit 0
                    0 active, 0 succeeded of 1, 1 failed
                    Failed=True (29m ago): BackoffLimitExceeded: Job has reached the specified backoff limit
                  pod migrate-mz97j: Failed, node node1, created 29m ago
                    container migrate: exited with 1 (Error) 29m ago, image busybox:local
                      message | as above
                      log     | V11__add_table.sql: done
                              | V12__add_index.sql: lock timeout
                  events, newest first:
                    29m ago  Normal            pod/migrate-mz97j: Scheduled, Pulled, Created, Started
                    29m ago  SuccessfulCreate  job/migrate: Created pod: migrate-mz97j
                """,
            ReportScenes.FailedScript()
        );

    [Fact]
    public void A_similar_name_is_named_and_what_could_not_be_read() =>
        Told(
            "job/db-migrate-v42 (namespace shop): timed out after 3m20s: not found; job/db-migrate-v41 exists\n"
                + """

                What to do
                  1. Correct the name, or apply job/db-migrate-v42.
                  2. A finished Job may have been removed by its ttlSecondsAfterFinished
                     → Apply Job db-migrate-v42; if it may have run already, wait for its completion record with
                       --record NAME.

                not read: missing permission to list events in namespace shop
                not read: pods in namespace shop: not read within 5s
                          To get the Role: wait-for rbac shop/job/db-migrate-v42 --report
                """,
            ReportScenes.MissingNearMiss()
        );

    [Fact]
    public void An_image_that_cannot_be_pulled_is_named() =>
        Told(
            "job/migrate (namespace rec-job-image-pull-error): timed out after 3m20s: running, 1 active of 1 (0 "
                + "ready); migrate-89xbj cannot pull image localhost:5000/shop/migrations:1.4.2 (ImagePullBackOff)\n"
                + """

                What to do
                  Push the image, or correct its name and tag.

                Details
                  job migrate: created 3m ago, backoffLimit 6
                    1 active, 0 succeeded of 1, 0 failed
                  pod migrate-89xbj: Pending, node node1, created 3m ago
                    container migrate: waiting: ImagePullBackOff: Back-off pulling image
                    "localhost:5000/shop/migrations:1.4.2": ErrImagePull: rpc error: code = NotFound desc = failed
                    to pull and unpack image "localhost:5000/shop/migrations:1.4.2": failed to resolve image:
                    localhost:5000/shop/migrations:1.4.2: not found
                  events, newest first:
                    2m43s ago  MissingClusterDNS x4  pod/migrate-89xbj: pod:
                                                     "migrate-89xbj_rec-job-image-pull-error(d927b55a-187d-4c8b-9af1-a5c5472afd96)".
                                                     kubelet does not have ClusterDNS IP configured and cannot
                                                     create Pod using "ClusterFirst" policy. Falling back to
                                                     "Default" policy.
                    2m43s ago  Pulling x2            pod/migrate-89xbj: Pulling image
                                                     "localhost:5000/shop/migrations:1.4.2"
                    2m43s ago  Failed x2             pod/migrate-89xbj: Failed to pull image
                                                     "localhost:5000/shop/migrations:1.4.2": rpc error: code =
                                                     NotFound desc = failed to pull and unpack image
                                                     "localhost:5000/shop/migrations:1.4.2": failed to resolve
                                                     image: localhost:5000/shop/migrations:1.4.2: not found
                    2m43s ago  Failed x2             pod/migrate-89xbj: Error: ErrImagePull
                    2m58s ago  BackOff               pod/migrate-89xbj: as above
                    2m58s ago  Failed                pod/migrate-89xbj: Error: ImagePullBackOff
                    2m59s ago  Scheduled             pod/migrate-89xbj: Successfully assigned
                                                     rec-job-image-pull-error/migrate-89xbj to node1
                    3m ago     SuccessfulCreate      job/migrate: Created pod: migrate-89xbj
                """,
            ReportScenes.ImagePull()
        );

    [Fact]
    public void Several_targets_have_their_own_hints_and_their_own_section() =>
        Told(
            "timed out after 3m20s: rec-job-running-at-start/job/migrate: running, 1 active of 1 (1 ready); "
                + "migrate-9pzfk is still running; rec-deployment-service-rollout/service/web: 2 endpoints ready, 1 not "
                + "ready; web-6696cbdd98-pcx7d: Readiness probe failed: cat: can't open '/tmp/ready': No such file or "
                + "directory\n"
                + """

                What to do
                  rec-job-running-at-start/job/migrate:
                    Let it run (an init container is restarted and continues to wait), or raise --timeout; to watch
                    it:
                      kubectl logs -f migrate-9pzfk -n rec-job-running-at-start -c migrate
                  rec-deployment-service-rollout/service/web:
                    Find out why the probe fails:
                      kubectl logs web-6696cbdd98-pcx7d -n rec-deployment-service-rollout

                rec-job-running-at-start/job/migrate: not ready
                  job migrate: created 4m42s ago, backoffLimit 6
                    1 active, 0 succeeded of 1, 0 failed
                  pod migrate-9pzfk: Running, node node1, created 4m42s ago
                    container migrate: running for 4m42s, ready, image busybox:local
                  events, newest first:
                    4m41s ago  Scheduled         pod/migrate-9pzfk: Successfully assigned
                                                 rec-job-running-at-start/migrate-9pzfk to node1
                    4m42s ago  Normal            pod/migrate-9pzfk: Pulled, Created, Started
                    4m42s ago  SuccessfulCreate  job/migrate: Created pod: migrate-9pzfk

                rec-deployment-service-rollout/service/web: not ready
                  service web: selector app=web, 1 pod matches it
                    endpoint web-6696cbdd98-pcx7d: not ready
                    endpoint web-6696cbdd98-q7vsl: ready
                    endpoint web-6696cbdd98-qcphl: ready
                  pod web-6696cbdd98-pcx7d: Running, node node1, created 25m ago
                    container web: running for 25m, not ready
                  events, newest first:
                    24m ago  Unhealthy x8  pod/web-6696cbdd98-pcx7d: as above
                    25m ago  Unhealthy x3  pod/web-6696cbdd98-qcphl: as above
                    25m ago  Unhealthy x3  pod/web-6696cbdd98-q7vsl: as above

                rec-pod-completed/pod/once: ready: succeeded
                """,
            ReportScenes.Several()
        );

    [Fact]
    public void A_failed_Job_with_a_long_log_takes_less_than_40_lines()
    {
        var diagnosis = Scene.Diagnose(
            "failed",
            Scene.Of("job-failed-backoff0") with
            {
                Log = [.. Enumerable.Range(1, 20).Select(line => $"line {line}")],
            }
        );

        Assert.InRange(ReportText.Termination(diagnosis).Split('\n').Length, 25, 39);
    }

    /// <summary>The message of the condition is the event's, and the headline has the container's; the log is quoted as it is.</summary>
    [Theory]
    [InlineData("Job has reached the specified backoff limit", 1)]
    [InlineData("V12__add_index.sql: lock timeout", 2)]
    public void A_fact_is_written_once(string fact, int times) =>
        Assert.Equal(times, ReportText.Termination(ReportScenes.FailedScript()).Split(fact).Length - 1);

    /// <summary>Two pods that failed alike are two facts.</summary>
    [Fact]
    public void A_message_of_another_object_is_replaced_and_not_dropped() =>
        Assert.Contains(
            "25m ago  Unhealthy x3  pod/web-6696cbdd98-qcphl: as above",
            ReportText.Termination(ReportScenes.Several()),
            StringComparison.Ordinal
        );

    [Fact]
    public void The_log_of_the_run_before_is_called_old() =>
        Assert.Contains(
            "\n      old log | V11 done\n              | V12 failed\n",
            ReportText.Log(
                Scene.Diagnose(
                    "timed-out",
                    Scene.Of("pod-crashloop", "pod/crash") with
                    {
                        Log = ["V11 done", "V12 failed"],
                        LogPrevious = true,
                    }
                ),
                Palette.None
            ),
            StringComparison.Ordinal
        );

    /// <summary>Dual stack has each endpoint in two slices.</summary>
    [Fact]
    public void An_endpoint_in_two_slices_is_shown_once_as_what_it_is_not() =>
        Assert.Equal(
            [
                "service web: selector app=web, 3 pods match it",
                "endpoint web-6696cbdd98-pcx7d: not ready",
                "endpoint web-6696cbdd98-q7vsl: not ready",
                "endpoint web-6696cbdd98-qcphl: ready",
            ],
            ServiceLines(
                Scene.Of("deployment-service-rollout", "service/web") with
                {
                    Slices =
                    [
                        Recording.End("deployment-service-rollout", "endpointslices"),
                        Recording
                            .End("deployment-service-rollout", "endpointslices")
                            .Named("web-v6")
                            .With("addressType", "IPv6")
                            .Without("endpoints.0.addresses"),
                    ],
                }
            )
        );

    [Fact]
    public void How_many_pods_match_is_shown_of_a_single_service_only()
    {
        var two = Scene.Of("deployment-service-rollout", "service:app=web") with
        {
            Services =
            [
                Recording.End("deployment-service-rollout", "services"),
                Recording.End("deployment-service-rollout", "services").Named("web-admin"),
            ],
        };

        Assert.Equal(
            ["service web: selector app=web", "service web-admin: selector app=web"],
            ServiceLines(two).Where(line => line.StartsWith("service ", StringComparison.Ordinal))
        );
    }

    private static IEnumerable<string> ServiceLines(Scene scene) =>
        ReportText
            .Log(Scene.Diagnose("timed-out", scene), Palette.None)
            .Split('\n')
            .Select(line => line.Trim())
            .Where(line => line.StartsWith("service ", StringComparison.Ordinal) || line.StartsWith("endpoint ", StringComparison.Ordinal));

    [Fact]
    public void A_denied_gate_prints_the_Role() =>
        Told(
            "job/migrate: denied: jobs.batch is forbidden: User \"system:serviceaccount:rec-errors:no-rights\" cannot "
                + "list resource \"jobs\" in API group \"batch\" in the namespace \"rec-errors\" (HTTP 403)\n"
                + """

                What to do
                  Apply the Role below.

                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: wait-for-job-migrate, namespace: rec-errors}
                rules:
                - apiGroups: ["batch"]
                  resources: [jobs]
                  resourceNames: [migrate]
                  verbs: [list, watch]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: wait-for-job-migrate-no-rights, namespace: rec-errors}
                subjects:
                - {kind: ServiceAccount, name: no-rights, namespace: rec-errors}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: wait-for-job-migrate}
                """,
            ReportScenes.Denied()
        );

    private static void Told(string expected, Diagnosis diagnosis) =>
        Assert.Equal(expected, diagnosis.Headline + "\n" + ReportText.Log(diagnosis, Palette.None));
}
