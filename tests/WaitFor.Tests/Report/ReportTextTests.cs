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
            """
            failed (waited 3 m 20 s): job/migrate (namespace rec-job-failed-backoff0): migrate-mz97j: V12__add_index.sql: lock timeout

            TARGET                                           VERDICT  STATE
            job/migrate (namespace rec-job-failed-backoff0)  Failed   failed: BackoffLimitExceeded: Job has
                                                                      reached the specified backoff limit

            job/migrate (namespace rec-job-failed-backoff0)
              job migrate: created 29 m ago, backoffLimit 0
                0 active, 0 succeeded of 1, 1 failed
                FailureTarget=True (29 m ago): BackoffLimitExceeded: Job has reached the specified backoff
                limit
                Failed=True (29 m ago): BackoffLimitExceeded: Job has reached the specified backoff limit
              pod migrate-mz97j: Failed, node node1, created 29 m ago
                container migrate: exited with 1 (Error) 29 m ago
                  message | V12__add_index.sql: lock timeout
                  log     | V11__add_table.sql: done
                          | V12__add_index.sql: lock timeout
              events, newest first:
                29 m ago  BackoffLimitExceeded  job/migrate: Job has reached the specified backoff limit
                29 m ago  Scheduled             pod/migrate-mz97j: Successfully assigned
                                                rec-job-failed-backoff0/migrate-mz97j to node1
                29 m ago  Pulled                pod/migrate-mz97j: Container image "busybox:local" already
                                                present on machine and can be accessed by the pod
                29 m ago  Created               pod/migrate-mz97j: Container created
                29 m ago  Started               pod/migrate-mz97j: Container started
                29 m ago  SuccessfulCreate      job/migrate: Created pod: migrate-mz97j

            What to do
              1. migrate-mz97j: V12__add_index.sql: lock timeout
                 → Fix what it says; its whole log:
                   kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c migrate
            """,
            ReportScenes.FailedScript()
        );

    [Fact]
    public void A_name_that_is_nearly_there_is_told_and_what_could_not_be_read() =>
        Told(
            """
            timed out after 3 m 20 s: job/db-migrate-v42 (namespace shop): not found yet; job/db-migrate-v41 is there

            TARGET                               VERDICT  STATE
            job/db-migrate-v42 (namespace shop)  Pending  not found yet

            not read: events in namespace shop: permission missing: list events in namespace shop
            not read: pods in namespace shop: not read within 5 s
                      The Role for it: wait-for rbac shop/job/db-migrate-v42 --report

            What to do
              1. job/db-migrate-v41 is there
                 → Correct the name, or apply job/db-migrate-v42.
              2. a finished Job may have been removed by its ttlSecondsAfterFinished
                 → Apply Job db-migrate-v42; where it may have run already, wait with --record NAME on its
                   completion record.
            """,
            ReportScenes.MissingNearMiss()
        );

    [Fact]
    public void An_image_that_cannot_be_pulled_is_named() =>
        Told(
            "timed out after 3 m 20 s: job/migrate (namespace rec-job-image-pull-error): running, 1 active of 1 (0 ready); "
                + "migrate-89xbj cannot pull image localhost:5000/shop/migrations:1.4.2 (ImagePullBackOff)\n"
                + """

                TARGET                                            VERDICT  STATE
                job/migrate (namespace rec-job-image-pull-error)  Pending  running, 1 active of 1 (0 ready)

                job/migrate (namespace rec-job-image-pull-error)
                  job migrate: created 3 m ago, backoffLimit 6
                    1 active, 0 succeeded of 1, 0 failed
                  pod migrate-89xbj: Pending, node node1, created 3 m ago
                    container migrate: waiting: ImagePullBackOff: Back-off pulling image
                    "localhost:5000/shop/migrations:1.4.2": ErrImagePull: rpc error: code = NotFound desc = failed
                    to pull and unpack image "localhost:5000/shop/migrations:1.4.2": failed to resolve image:
                    localhost:5000/shop/migrations:1.4.2: not found
                  events, newest first:
                    2 m ago  MissingClusterDNS x4  pod/migrate-89xbj: pod:
                                                   "migrate-89xbj_rec-job-image-pull-error(d927b55a-187d-4c8b-9af1-a5c5472afd96)".
                                                   kubelet does not have ClusterDNS IP configured and cannot create
                                                   Pod using "ClusterFirst" policy. Falling back to "Default"
                                                   policy.
                    2 m ago  Pulling x2            pod/migrate-89xbj: Pulling image
                                                   "localhost:5000/shop/migrations:1.4.2"
                    2 m ago  Failed x2             pod/migrate-89xbj: Failed to pull image
                                                   "localhost:5000/shop/migrations:1.4.2": rpc error: code =
                                                   NotFound desc = failed to pull and unpack image
                                                   "localhost:5000/shop/migrations:1.4.2": failed to resolve image:
                                                   localhost:5000/shop/migrations:1.4.2: not found
                    2 m ago  Failed x2             pod/migrate-89xbj: Error: ErrImagePull
                    2 m ago  BackOff               pod/migrate-89xbj: Back-off pulling image
                                                   "localhost:5000/shop/migrations:1.4.2"
                    2 m ago  Failed                pod/migrate-89xbj: Error: ImagePullBackOff
                    2 m ago  Scheduled             pod/migrate-89xbj: Successfully assigned
                                                   rec-job-image-pull-error/migrate-89xbj to node1
                    3 m ago  SuccessfulCreate      job/migrate: Created pod: migrate-89xbj

                What to do
                  1. migrate-89xbj cannot pull image localhost:5000/shop/migrations:1.4.2 (ImagePullBackOff)
                     → Push the image, or correct its name and tag.
                """,
            ReportScenes.ImagePull()
        );

    [Fact]
    public void Several_targets_stand_in_a_table_and_have_their_own_hints() =>
        Told(
            "timed out after 3 m 20 s: rec-job-running-at-start/job/migrate: running, 1 active of 1 (1 ready); "
                + "migrate-9pzfk is still at work; rec-deployment-service-rollout/service/web: 2 endpoints ready, 1 not ready; "
                + "web-6696cbdd98-pcx7d: Readiness probe failed: cat: can't open '/tmp/ready': No such file or directory\n"
                + """

                TARGET                                      VERDICT  STATE
                rec-pod-completed/pod/once                  Met      succeeded
                rec-job-running-at-start/job/migrate        Pending  running, 1 active of 1 (1 ready)
                rec-deployment-service-rollout/service/web  Pending  2 endpoints ready, 1 not ready

                rec-job-running-at-start/job/migrate
                  job migrate: created 4 m ago, backoffLimit 6
                    1 active, 0 succeeded of 1, 0 failed
                  pod migrate-9pzfk: Running, node node1, created 4 m ago
                    container migrate: running for 4 m 42 s, ready
                  events, newest first:
                    4 m ago  Scheduled         pod/migrate-9pzfk: Successfully assigned
                                               rec-job-running-at-start/migrate-9pzfk to node1
                    4 m ago  Pulled            pod/migrate-9pzfk: Container image "busybox:local" already present
                                               on machine and can be accessed by the pod
                    4 m ago  Created           pod/migrate-9pzfk: Container created
                    4 m ago  Started           pod/migrate-9pzfk: Container started
                    4 m ago  SuccessfulCreate  job/migrate: Created pod: migrate-9pzfk

                rec-deployment-service-rollout/service/web
                  service web: selector app=web, 1 pod matches it
                    endpoint web-6696cbdd98-pcx7d: not ready
                    endpoint web-6696cbdd98-q7vsl: ready
                    endpoint web-6696cbdd98-qcphl: ready
                  pod web-6696cbdd98-pcx7d: Running, node node1, created 25 m ago
                    container web: running for 25 m 10 s, not ready
                  events, newest first:
                    24 m ago  Unhealthy x8  pod/web-6696cbdd98-pcx7d: Readiness probe failed: cat: can't open
                                            '/tmp/ready': No such file or directory
                    25 m ago  Unhealthy x3  pod/web-6696cbdd98-qcphl: Readiness probe failed: cat: can't open
                                            '/tmp/ready': No such file or directory
                    25 m ago  Unhealthy x3  pod/web-6696cbdd98-q7vsl: Readiness probe failed: cat: can't open
                                            '/tmp/ready': No such file or directory

                What to do
                  rec-job-running-at-start/job/migrate
                  1. migrate-9pzfk is still at work
                     → Let it go on (an init container is started again and waits on); raise --timeout where that
                       does not happen; watch it:
                       kubectl logs -f migrate-9pzfk -n rec-job-running-at-start -c migrate
                  rec-deployment-service-rollout/service/web
                  1. web-6696cbdd98-pcx7d: Readiness probe failed: cat: can't open '/tmp/ready': No such file or
                     directory
                     → Look at what the probe asks of the container:
                       kubectl logs web-6696cbdd98-pcx7d -n rec-deployment-service-rollout
                """,
            ReportScenes.Several()
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
    public void An_endpoint_in_two_slices_is_told_once_as_what_it_is_not() =>
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
    public void How_many_pods_match_is_told_of_a_single_service_only()
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
            "job/migrate: denied: jobs.batch is forbidden: User \"system:serviceaccount:rec-errors:no-rights\" cannot list "
                + "resource \"jobs\" in API group \"batch\" in the namespace \"rec-errors\" (HTTP 403); apply the Role below\n"
                + """

                TARGET                              VERDICT  STATE
                job/migrate (namespace rec-errors)  Pending  not known yet

                What to do
                  1. jobs.batch is forbidden: User "system:serviceaccount:rec-errors:no-rights" cannot list
                     resource "jobs" in API group "batch" in the namespace "rec-errors" (HTTP 403)
                     → Apply the Role that comes with this report.

                Apply this
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
