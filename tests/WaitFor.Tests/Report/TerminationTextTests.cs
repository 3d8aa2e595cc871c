using WaitFor.Report;

namespace WaitFor.Tests.Report;

/// <summary>The whole termination message: the same, the most telling first.</summary>
public sealed class TerminationTextTests
{
    [Fact]
    public void A_script_that_failed_is_quoted() =>
        Told(
            """
            failed (waited 3 m 20 s): job/migrate (namespace rec-job-failed-backoff0): migrate-mz97j: V12__add_index.sql: lock timeout

            What to do
              1. migrate-mz97j: V12__add_index.sql: lock timeout
                 → Fix what it says; its whole log:
                   kubectl logs migrate-mz97j -n rec-job-failed-backoff0 -c migrate

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
            """,
            ReportScenes.FailedScript()
        );

    [Fact]
    public void A_name_that_is_nearly_there_is_told_and_what_could_not_be_read() =>
        Told(
            """
            timed out after 3 m 20 s: job/db-migrate-v42 (namespace shop): not found yet; job/db-migrate-v41 is there

            What to do
              1. job/db-migrate-v41 is there
                 → Correct the name, or apply job/db-migrate-v42.
              2. a finished Job may have been removed by its ttlSecondsAfterFinished
                 → Apply Job db-migrate-v42; where it may have run already, wait with --record NAME on its
                   completion record.

            not read: events in namespace shop: permission missing: list events in namespace shop
            not read: pods in namespace shop: not read within 5 s
                      The Role for it: wait-for rbac shop/job/db-migrate-v42 --report
            """,
            ReportScenes.MissingNearMiss()
        );

    [Fact]
    public void Several_targets_stand_in_a_table_and_have_their_own_hints() =>
        Told(
            "timed out after 3 m 20 s: rec-job-running-at-start/job/migrate: running, 1 active of 1 (1 ready); "
                + "migrate-9pzfk is still at work; rec-deployment-service-rollout/service/web: 2 endpoints ready, 1 not ready; "
                + "web-6696cbdd98-pcx7d: Readiness probe failed: cat: can't open '/tmp/ready': No such file or directory\n"
                + """

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
                """,
            ReportScenes.Several()
        );

    private static void Told(string expected, Diagnosis diagnosis) => Assert.Equal(expected, ReportText.Termination(diagnosis));
}
