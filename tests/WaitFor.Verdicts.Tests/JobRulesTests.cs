using System.Text.Json.Nodes;
using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Tests;

/// <summary>One Job by its name.</summary>
public sealed class JobRulesTests
{
    public static TheoryData<string, Tolerance, string> Cells()
    {
        var cells = new TheoryData<string, Tolerance, string>();
        foreach (var row in JobStates.Table)
        {
            foreach (var tolerance in Enum.GetValues<Tolerance>())
                cells.Add(row.State, tolerance, row.For(tolerance));
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Every_state_has_its_verdict(string state, Tolerance tolerance, string expected)
    {
        var row = JobStates.Table.Single(row => row.State == state);

        var verdict = JobRules.Named(row.Asked with { Tolerance = tolerance }, row.Object()?.Job(), FinishedJobs.None);

        Assert.Equal(expected, verdict.Short());
    }

    public static TheoryData<string, Tolerance, string> Sentences =>
        new()
        {
            { "not there", Tolerance.None, "not found" },
            { "stale by a label that is not set", Tolerance.None, "stale: label app.kubernetes.io/version is not set, expected \"2\"" },
            { "stale by a label of another value", Tolerance.None, "stale: label app.kubernetes.io/version is \"1\", expected \"2\"" },
            { "stale and Failed", Tolerance.FailedEnd, "stale: label app.kubernetes.io/version is not set, expected \"2\"" },
            { "stale by its image", Tolerance.None, "stale: image is busybox:local, expected busybox:next" },
            { "being deleted, Complete", Tolerance.None, "being deleted" },
            { "Complete", Tolerance.None, "complete after 5s" },
            { "Complete with three pods", Tolerance.IfSomeSucceeded, "complete after 11s" },
            { "Failed", Tolerance.None, "failed: BackoffLimitExceeded: Job has reached the specified backoff limit" },
            {
                "Failed",
                Tolerance.FailedEnd,
                "failed, which is accepted (BackoffLimitExceeded: Job has reached the specified backoff limit)"
            },
            { "Failed", Tolerance.IfSomeSucceeded, "failed: BackoffLimitExceeded: Job has reached the specified backoff limit" },
            {
                "Failed with 3 succeeded",
                Tolerance.IfSomeSucceeded,
                "failed with 3 succeeded, which is accepted (BackoffLimitExceeded: Job has reached the specified backoff limit)"
            },
            { "Failed by its deadline", Tolerance.None, "failed: DeadlineExceeded: Job was active longer than specified deadline" },
            { "Failed without reason and message", Tolerance.None, "failed: no reason given" },
            { "failing", Tolerance.None, "failed: BackoffLimitExceeded: Job has reached the specified backoff limit" },
            {
                "failing",
                Tolerance.FailedEnd,
                "about to fail, its pods are ending (BackoffLimitExceeded: Job has reached the specified backoff limit)"
            },
            { "SuccessCriteriaMet, pods still ending", Tolerance.None, "succeeded, its pods are ending" },
            { "suspended by condition and spec", Tolerance.None, "suspended" },
            { "started, 0/0/0: no pod can be made", Tolerance.None, "not started, no pod yet" },
            { "running", Tolerance.None, "running, 1 active of 1 (0 ready)" },
            { "running, pod ready", Tolerance.None, "running, 1 active of 1 (1 ready)" },
            { "running, 2 of 3 succeeded", Tolerance.None, "running, 1 active, 2 of 3 succeeded, 0 failed (1 ready)" },
            { "running again after a failure", Tolerance.None, "running, 1 active, 0 of 1 succeeded, 1 failed (1 ready)" },
            { "retry in back-off", Tolerance.None, "0 active, 0 of 1 succeeded, 1 failed; between two attempts (back-off)" },
            {
                "between two attempts, the failed pod not counted yet",
                Tolerance.None,
                "0 active, 0 of 1 succeeded, 1 failed; between two attempts (back-off)"
            },
            {
                "indexes failed, 0 failed by the count",
                Tolerance.None,
                "running, 1 active, 0 of 1 succeeded, failed indexes 1,3-5 (0 ready)"
            },
            { "its only pod is being deleted", Tolerance.None, "no pod at present, its last one is being deleted" },
        };

    [Theory]
    [InlineData(null, null, false, "0 failed")]
    [InlineData(2, null, false, "2 failed")]
    [InlineData(0, "1,3-5", false, "failed indexes 1,3-5")]
    [InlineData(4, "1,3-5", true, "4 failed, failed indexes 1,3-5")]
    [InlineData(0, "", true, "some indexes failed")]
    [InlineData(null, null, true, "some indexes failed")]
    [InlineData(3, null, true, "3 failed")]
    public void Failed_indexes_are_counted_as_failed(int? failed, string? indexes, bool condition, string expected) =>
        Assert.Equal(
            expected,
            JobRules.Failures(
                new JobState
                {
                    Status = new JobStatus
                    {
                        Failed = failed,
                        FailedIndexes = indexes,
                        Conditions = condition
                            ?
                            [
                                new Condition
                                {
                                    Type = "Failed",
                                    Status = "True",
                                    Reason = "FailedIndexes",
                                },
                            ]
                            : null,
                    },
                }
            )
        );

    [Theory]
    [MemberData(nameof(Sentences))]
    public void The_sentence_says_why_with_numbers(string state, Tolerance tolerance, string expected)
    {
        var row = JobStates.Table.Single(row => row.State == state);

        Assert.Equal(expected, JobRules.Named(row.Asked with { Tolerance = tolerance }, row.Object()?.Job(), FinishedJobs.None).Sentence);
    }

    public static TheoryData<string, string?, string?, string> Reasons =>
        new()
        {
            { "reason and message", "PodFailurePolicy", "exit code 42", "failed: PodFailurePolicy: exit code 42" },
            { "reason only", "PodFailurePolicy", null, "failed: PodFailurePolicy" },
            { "empty message", "PodFailurePolicy", "", "failed: PodFailurePolicy" },
            { "message only", null, "exit code 42", "failed: exit code 42" },
            { "neither", null, null, "failed: no reason given" },
        };

    [Theory]
    [MemberData(nameof(Reasons))]
    public void A_failure_gives_what_the_condition_says(string name, string? reason, string? message, string expected)
    {
        _ = name;
        var job = JobStates.Failed().Condition("Failed", "True", reason, message).Job();

        Assert.Equal(expected, JobRules.Named(Asked.Job, job, FinishedJobs.None).Sentence);
    }

    public static TheoryData<string, string?, string> Times =>
        new()
        {
            { "status.completionTime", "2026-11-20T03:03:32Z", "complete after 3m" },
            { "status.completionTime", null, "complete" },
            { "status.startTime", null, "complete" },
            { "status.startTime", "yesterday", "complete" },
            { "status.startTime", "2026-11-21T00:00:00Z", "complete" },
        };

    [Theory]
    [MemberData(nameof(Times))]
    public void How_long_it_took_is_said_where_it_is_known(string field, string? value, string expected) =>
        Assert.Equal(expected, JobRules.Named(Asked.Job, JobStates.Complete().With(field, value).Job(), FinishedJobs.None).Sentence);

    [Fact]
    public void A_work_queue_has_no_completions_and_needs_one_success()
    {
        var job = JobStates.Retrying().Without("spec.completions").Job();

        Assert.Equal(
            "0 active, 0 of 1 succeeded, 1 failed; between two attempts (back-off)",
            JobRules.Named(Asked.Job, job, FinishedJobs.None).Sentence
        );
    }

    [Fact]
    public void The_failed_indexes_are_named_with_the_failure()
    {
        var job = JobStates
            .Failed()
            .Condition("Failed", "True", "FailedIndexes", "Job has failed indexes")
            .With("status.failedIndexes", "1,3-5");

        Assert.Equal(
            "failed: FailedIndexes: Job has failed indexes (failed indexes: 1,3-5)",
            JobRules.Named(Asked.Job, job.Job(), FinishedJobs.None).Sentence
        );
    }

    /// <summary>The last state of a Job that this gate saw, and what is reported when it is gone.</summary>
    public static TheoryData<string, string> DeletedJobs =>
        new()
        {
            { "running", "deleted while running (1 active of 1 (0 ready)); not found since" },
            { "running again after a failure", "deleted while running (1 active, 0 of 1 succeeded, 1 failed (1 ready)); not found since" },
            { "retry in back-off", "deleted between two attempts (0 active, 0 of 1 succeeded, 1 failed); not found since" },
            { "started, 0/0/0: no pod can be made", "deleted before it started a pod; not found since" },
            { "suspended by condition and spec", "deleted (last seen: suspended); not found since" },
        };

    [Theory]
    [MemberData(nameof(DeletedJobs))]
    public void A_Job_that_was_seen_and_is_gone_was_deleted(string state, string expected)
    {
        var seen = JobStates.Table.Single(row => row.State == state).Object()!.Job();

        var verdict = JobRules.Named(Asked.Job, job: null, FinishedJobs.None, recorded: false, seen);

        Assert.Equal((VerdictKind.Pending, VerdictCode.Missing, expected), (verdict.Kind, verdict.Code, verdict.Sentence));
    }

    [Fact]
    public void A_server_before_1_24_counts_no_ready_pods()
    {
        var job = JobStates.Running().Without("status.ready").Job();

        Assert.Equal("running, 1 active of 1", JobRules.Named(Asked.Job, job, FinishedJobs.None).Sentence);
    }

    [Theory]
    [InlineData("spec")]
    [InlineData("status")]
    [InlineData("status.conditions")]
    [InlineData("metadata.labels")]
    public void A_field_that_is_missing_is_not_yet_never_yes(string field)
    {
        foreach (var state in new[] { JobStates.Running(), JobStates.Finishing(), JobStates.Retrying(), JobStates.Suspended() })
            Assert.Equal(VerdictKind.Pending, JobRules.Named(Asked.Job, state.Without(field).Job(), FinishedJobs.None).Kind);
    }

    [Fact]
    public void Unknown_fields_are_ignored()
    {
        var job = JobStates.Complete().With("status.verdict", "Failed").With("spec.novel", new JsonObject { ["suspend"] = true }).Job();

        Assert.Equal("Met JobComplete", JobRules.Named(Asked.Job, job, FinishedJobs.None).Short());
    }

    [Fact]
    public void The_verdict_on_one_Job_has_no_members() =>
        Assert.Empty(JobRules.Named(Asked.Job, JobStates.Complete().Job(), FinishedJobs.None).Objects);
}
