using System.Text.Json.Nodes;

namespace WaitFor.Verdicts.Tests;

/// <summary>The table of a Job: states by name, and what each means for <c>job</c>, <c>job-we</c> and <c>job-wr</c>.</summary>
internal static class JobStates
{
    /// <summary>A row: a state, how to get it, its verdicts.</summary>
    /// <param name="State">What it is.</param>
    /// <param name="Object">The Job; null: not there.</param>
    /// <param name="Job">Expected for <c>job</c>.</param>
    /// <param name="FailedEnd">Expected for <c>job-we</c>.</param>
    /// <param name="IfSomeSucceeded">Expected for <c>job-wr</c>.</param>
    public sealed record Row(string State, Func<JsonObject?> Object, string Job, string FailedEnd, string IfSomeSucceeded)
    {
        public Row(string state, Func<JsonObject?> item, string same)
            : this(state, item, same, same, same) { }

        /// <summary>What was asked apart from the tolerance.</summary>
        public Expectation Asked { get; init; } = Tests.Asked.Job;

        public string For(Tolerance tolerance) =>
            tolerance switch
            {
                Tolerance.FailedEnd => FailedEnd,
                Tolerance.IfSomeSucceeded => IfSomeSucceeded,
                _ => Job,
            };
    }

    private static readonly Expectation NextRelease = Asked.Job.Label("app.kubernetes.io/version", "2");
    private static readonly Expectation NextImage = Asked.Job.Image("busybox:next");

    public static IReadOnlyList<Row> Table { get; } =
    [
        new("not there", () => null, "Pending Missing"),
        new("stale by a label that is not set", Complete, "Pending Stale") { Asked = NextRelease },
        new("stale by a label of another value", () => Complete().Label("app.kubernetes.io/version", "1"), "Pending Stale")
        {
            Asked = NextRelease,
        },
        new("stale by its image", Complete, "Pending Stale") { Asked = NextImage },
        new("stale and Failed", Failed, "Pending Stale") { Asked = NextRelease },
        new("stale by its image and Failed", Failed, "Pending Stale") { Asked = NextImage },
        new("stale and failing", Failing, "Pending Stale") { Asked = NextRelease },
        new("stale and running", Running, "Pending Stale") { Asked = NextRelease },
        new("stale and suspended", Suspended, "Pending Stale") { Asked = NextRelease },
        new("stale and being deleted", () => Complete().Deleting(), "Pending Stale") { Asked = NextRelease },
        new("fresh by its label, Complete", () => Complete().Label("app.kubernetes.io/version", "2"), "Met JobComplete")
        {
            Asked = NextRelease,
        },
        new("fresh by its image, Complete", Complete, "Met JobComplete") { Asked = Asked.Job.Image("busybox:local") },
        new("being deleted, Complete", () => Recording.Line("job-ttl-deleted", "jobs", 7), "Pending BeingDeleted"),
        new("being deleted, Failed", () => Failed().Deleting(), "Pending BeingDeleted"),
        new("being deleted, failing", () => Failing().Deleting(), "Pending BeingDeleted"),
        new("being deleted, running", () => Running().Deleting(), "Pending BeingDeleted"),
        new("being deleted, whatever the timestamp says", () => Complete().With("metadata.deletionTimestamp", ""), "Pending BeingDeleted"),
        new("being deleted, suspended", () => Suspended().Deleting(), "Pending BeingDeleted"),
        new("Complete", Complete, "Met JobComplete"),
        new("Complete after a retried pod", () => Recording.End("job-retry-then-complete", "jobs"), "Met JobComplete"),
        new("Complete after restarts in its pod", () => Recording.End("job-onfailure-retry", "jobs"), "Met JobComplete"),
        new("Complete with three pods", () => Recording.End("job-parallel-3", "jobs"), "Met JobComplete"),
        new("Complete, with Suspended False at first", () => Recording.End("job-suspended-then-resumed", "jobs"), "Met JobComplete"),
        new("Complete, as before 1.31 the only condition", () => Complete().WithoutCondition("SuccessCriteriaMet"), "Met JobComplete"),
        new("Complete comes before the other conditions", () => Complete().ConditionsReversed(), "Met JobComplete"),
        new(
            "Complete stands behind unknown conditions",
            () => Complete().WithoutCondition("Complete").Condition("Novel", "True").Condition("Complete", "True"),
            "Met JobComplete"
        ),
        new("Complete without any count", () => Complete().Without("status.succeeded"), "Met JobComplete"),
        new("Complete wins over Failed", () => Failed().Condition("Complete", "True"), "Met JobComplete"),
        new("Complete wins over failing", () => Failing().Condition("Complete", "True"), "Met JobComplete"),
        new("Complete wins over suspended", () => Complete().With("spec.suspend", true).Condition("Suspended", "True"), "Met JobComplete"),
        new("Failed", Failed, "Failed JobFailed", "Met JobFinished", "Failed JobFailed"),
        new(
            "Failed by its deadline",
            () => Recording.End("job-deadline-exceeded", "jobs"),
            "Failed JobFailed",
            "Met JobFinished",
            "Failed JobFailed"
        ),
        new(
            "Failed, as before 1.31 the only condition",
            () => Failed().WithoutCondition("FailureTarget"),
            "Failed JobFailed",
            "Met JobFinished",
            "Failed JobFailed"
        ),
        new(
            "Failed comes before the other conditions",
            () => Failed().ConditionsReversed(),
            "Failed JobFailed",
            "Met JobFinished",
            "Failed JobFailed"
        ),
        new(
            "Failed with 0 succeeded",
            () => Failed().With("status.succeeded", 0),
            "Failed JobFailed",
            "Met JobFinished",
            "Failed JobFailed"
        ),
        new(
            "Failed with 1 succeeded",
            () => Failed().With("status.succeeded", 1),
            "Failed JobFailed",
            "Met JobFinished",
            "Met JobFinished"
        ),
        new(
            "Failed with 3 succeeded",
            () => Failed().With("status.succeeded", 3),
            "Failed JobFailed",
            "Met JobFinished",
            "Met JobFinished"
        ),
        new(
            "Failed without reason and message",
            () => Failed().Condition("Failed", "True"),
            "Failed JobFailed",
            "Met JobFinished",
            "Failed JobFailed"
        ),
        new(
            "Failed wins over SuccessCriteriaMet",
            () => Failed().Condition("SuccessCriteriaMet", "True"),
            "Failed JobFailed",
            "Met JobFinished",
            "Failed JobFailed"
        ),
        new(
            "Failed wins over suspended",
            () => Failed().With("spec.suspend", true),
            "Failed JobFailed",
            "Met JobFinished",
            "Failed JobFailed"
        ),
        new("failing", Failing, "Failed JobFailed", "Pending JobFailing", "Pending JobFailing"),
        new(
            "failing by its deadline, pod still ending",
            () => Recording.Line("job-deadline-exceeded", "jobs", 5),
            "Failed JobFailed",
            "Pending JobFailing",
            "Pending JobFailing"
        ),
        new(
            "failing with 1 succeeded",
            () => Failing().With("status.succeeded", 1),
            "Failed JobFailed",
            "Pending JobFailing",
            "Pending JobFailing"
        ),
        new(
            "failing wins over SuccessCriteriaMet",
            () => Failing().Condition("SuccessCriteriaMet", "True"),
            "Failed JobFailed",
            "Pending JobFailing",
            "Pending JobFailing"
        ),
        new(
            "failing wins over suspended",
            () => Failing().With("spec.suspend", true),
            "Failed JobFailed",
            "Pending JobFailing",
            "Pending JobFailing"
        ),
        new("SuccessCriteriaMet, pods still ending", Finishing, "Pending JobFinishing"),
        new("SuccessCriteriaMet with all succeeded counted", () => Finishing().With("status.succeeded", 1), "Pending JobFinishing"),
        new("SuccessCriteriaMet wins over suspended", () => Finishing().With("spec.suspend", true), "Pending JobFinishing"),
        new("suspended by condition and spec", Suspended, "Pending JobSuspended"),
        new("suspended by spec, no status yet", () => Recording.Line("job-created-suspended", "jobs", 1), "Pending JobSuspended"),
        new(
            "suspended by condition, spec resumed already",
            () => Recording.Line("job-suspended-then-resumed", "jobs", 3),
            "Pending JobSuspended"
        ),
        new("suspended by spec, a pod still active", () => Running().With("spec.suspend", true), "Pending JobSuspended"),
        new("suspended by spec after a failure", () => Retrying().With("spec.suspend", true), "Pending JobSuspended"),
        new("just created: status {}", () => Recording.Line("job-complete", "jobs", 1), "Pending JobNotStarted"),
        new("no status at all", () => Recording.Line("job-complete", "jobs", 1).Without("status"), "Pending JobNotStarted"),
        new("started, 0/0/0: no pod can be made", () => Recording.End("job-quota-blocked", "jobs"), "Pending JobNotStarted"),
        new(
            "0/0/0 written out",
            () => Running().With("status.active", 0).With("status.succeeded", 0).With("status.failed", 0),
            "Pending JobNotStarted"
        ),
        new("resumed, condition Suspended False", () => Recording.Line("job-suspended-then-resumed", "jobs", 4), "Pending JobRunning"),
        new("running", Running, "Pending JobRunning"),
        new("running, pod ready", () => Recording.Line("job-complete", "jobs", 3), "Pending JobRunning"),
        new("running, its pod ended but not counted", () => Recording.Line("job-complete", "jobs", 4), "Pending JobRunning"),
        new("running, 2 of 3 succeeded", () => Recording.Line("job-parallel-3", "jobs", 7), "Pending JobRunning"),
        new("running again after a failure", () => Recording.Line("job-retry-then-complete", "jobs", 8), "Pending JobRunning"),
        new(
            "all succeeded by the counts, no condition",
            () => Running().With("status.active", 0).With("status.succeeded", 1),
            "Pending JobRunning"
        ),
        new("retry in back-off", Retrying, "Pending JobRetrying"),
        new("retry in back-off with 1 succeeded", () => Retrying().With("status.succeeded", 1), "Pending JobRetrying"),
        new(
            "between two attempts, the failed pod not counted yet",
            () => Recording.Line("job-retry-then-complete", "jobs", 5),
            "Pending JobRetrying"
        ),
        new("indexes failed, 0 failed by the count", () => Running().With("status.failedIndexes", "1,3-5"), "Pending JobRunning"),
        new(
            "its only pod is being deleted",
            () =>
                Recording
                    .Line("job-retry-then-complete", "jobs", 5)
                    .Without("status.uncountedTerminatedPods")
                    .With("status.terminating", 1),
            "Pending JobNotStarted"
        ),
        new("Complete False", () => Running().Condition("Complete", "False"), "Pending JobRunning"),
        new("Complete Unknown", () => Running().Condition("Complete", "Unknown"), "Pending JobRunning"),
        new("Complete with a status in other letters", () => Running().Condition("Complete", "true"), "Pending JobRunning"),
        new(
            "Complete without status",
            () => Running().Condition("Complete", "True").Without("status.conditions.0.status"),
            "Pending JobRunning"
        ),
        new(
            "a condition without type",
            () => Running().Condition("Complete", "True").Without("status.conditions.0.type"),
            "Pending JobRunning"
        ),
        new("Complete in other letters", () => Running().Condition("complete", "True"), "Pending JobRunning"),
        new("Failed False", () => Running().Condition("Failed", "False"), "Pending JobRunning"),
        new("Failed Unknown", () => Running().Condition("Failed", "Unknown"), "Pending JobRunning"),
        new("failing False", () => Running().Condition("FailureTarget", "False"), "Pending JobRunning"),
        new("failing Unknown", () => Running().Condition("FailureTarget", "Unknown"), "Pending JobRunning"),
        new("SuccessCriteriaMet False", () => Running().Condition("SuccessCriteriaMet", "False"), "Pending JobRunning"),
        new("SuccessCriteriaMet Unknown", () => Running().Condition("SuccessCriteriaMet", "Unknown"), "Pending JobRunning"),
        new("Suspended Unknown", () => Running().Condition("Suspended", "Unknown"), "Pending JobRunning"),
        new("conditions [null]", () => Running().With("status.conditions", new JsonArray((JsonNode?)null)), "Pending JobRunning"),
    ];

    public static JsonObject Complete() => Recording.End("job-complete", "jobs");

    public static JsonObject Failed() => Recording.End("job-failed-backoff0", "jobs");

    /// <summary>FailureTarget, not yet Failed.</summary>
    public static JsonObject Failing() => Recording.Line("job-failed-backoff0", "jobs", 5);

    /// <summary>SuccessCriteriaMet, not yet Complete.</summary>
    public static JsonObject Finishing() => Recording.Line("job-complete", "jobs", 5);

    public static JsonObject Suspended() => Recording.End("job-created-suspended", "jobs");

    public static JsonObject Running() => Recording.Line("job-complete", "jobs", 2);

    /// <summary>One pod failed, none is active.</summary>
    public static JsonObject Retrying() => Recording.Line("job-retry-then-complete", "jobs", 6);
}
