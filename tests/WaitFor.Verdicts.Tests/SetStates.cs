using System.Text.Json.Nodes;

namespace WaitFor.Verdicts.Tests;

/// <summary>Sets of pods and of Jobs by what their members are, and the verdicts on them: 2-verdicts.md's tables, row by row and column by
/// column.</summary>
internal static class SetStates
{
    private const string Met = "Met PodsReady";
    private const string Pending = "Pending PodsNotReady";
    private const string Failed = "Failed PodsFailed";

    public static TheoryData<string, string, string, string, string> Pods =>
        new()
        {
            // row, pods, then what they mean for pod, pod-we, pod-wr
            { "empty: nothing matches", "", "Pending Missing", "Pending Missing", "Pending Missing" },
            { "empty after ignoring", "deleting", Pending, Pending, Pending },
            { "empty after ignoring", "replaced", Pending, Pending, Pending },
            { "empty after ignoring", "deleting replaced deleting-failed", Pending, Pending, Pending },
            { "empty after leaving out the stale", "stale", "Pending Stale", "Pending Stale", "Pending Stale" },
            { "all Met", "ready", Met, Met, Met },
            { "all Met", "succeeded", Met, Met, Met },
            { "all Met", "ready succeeded ready", Met, Met, Met },
            { "all Met after ignoring", "ready deleting replaced", Met, Met, Met },
            { "all Met after ignoring a failed one that is being deleted", "ready deleting-failed", Met, Met, Met },
            { "all Met after leaving out the stale", "ready stale", Met, Met, Met },
            { "all Failed", "failed", Failed, Met, Failed },
            { "all Failed", "failed failed-bare", Failed, Met, Failed },
            { "all Failed after ignoring", "failed deleting replaced", Failed, Met, Failed },
            { "some Failed, the rest Met", "failed ready", Failed, Met, Met },
            { "some Failed, the rest Met", "failed-bare succeeded ready", Failed, Met, Met },
            { "some Failed, the rest Pending", "failed unready", Failed, Pending, Pending },
            { "some Failed, the rest Pending", "failed-bare unscheduled unknown", Failed, Pending, Pending },
            { "some Failed, the rest Met and Pending", "failed ready unready", Failed, Pending, Met },
            { "some Failed, the rest Met after ignoring", "failed ready replaced", Failed, Met, Met },
            { "some Pending, the rest Met", "unready ready", Pending, Pending, Met },
            { "some Pending, the rest Met", "unscheduled succeeded", Pending, Pending, Met },
            { "some Pending, the rest Met", "unknown ready", Pending, Pending, Met },
            { "all Pending", "unready", Pending, Pending, Pending },
            { "all Pending", "unready unscheduled unknown", Pending, Pending, Pending },
            { "all Pending after ignoring", "unready deleting replaced", Pending, Pending, Pending },
            { "some Pending, the rest Met, after leaving out the stale", "unready ready stale", Pending, Pending, Met },
        };

    public static TheoryData<string, string, string, string> Jobs =>
        new()
        {
            // jobs, then what they mean for job, job-we, job-wr
            { "", "Pending Missing", "Pending Missing", "Pending Missing" },
            { "complete", "Met JobsComplete", "Met JobsComplete", "Met JobsComplete" },
            { "complete complete", "Met JobsComplete", "Met JobsComplete", "Met JobsComplete" },
            { "complete running", "Pending JobsRunning", "Pending JobsRunning", "Pending JobsRunning" },
            { "running suspended", "Pending JobsRunning", "Pending JobsRunning", "Pending JobsRunning" },
            { "complete deleting", "Pending JobsRunning", "Pending JobsRunning", "Pending JobsRunning" },
            { "failed", "Failed JobFailed", "Met JobsComplete", "Failed JobFailed" },
            { "complete failed", "Failed JobFailed", "Met JobsComplete", "Failed JobFailed" },
            { "running failed", "Failed JobFailed", "Pending JobsRunning", "Failed JobFailed" },
            { "complete failed-some", "Failed JobFailed", "Met JobsComplete", "Met JobsComplete" },
            { "complete failing", "Failed JobFailed", "Pending JobsRunning", "Pending JobsRunning" },
            { "stale", "Pending Stale", "Pending Stale", "Pending Stale" },
            { "stale stale-failed", "Pending Stale", "Pending Stale", "Pending Stale" },
            { "complete stale", "Met JobsComplete", "Met JobsComplete", "Met JobsComplete" },
            { "complete stale-failed", "Met JobsComplete", "Met JobsComplete", "Met JobsComplete" },
            { "running stale", "Pending JobsRunning", "Pending JobsRunning", "Pending JobsRunning" },
        };

    /// <summary>The pods of a row; who says nothing of the label <c>version</c> carries the expected one, 2.</summary>
    public static IEnumerable<JsonObject> PodObjects(string pods) => Objects(pods, state => PodStates.ByName[state](), "pod");

    /// <summary>The Jobs of a row, likewise.</summary>
    public static IEnumerable<JsonObject> JobObjects(string jobs) => Objects(jobs, state => JobsByName[state](), "job");

    private static IEnumerable<JsonObject> Objects(string states, Func<string, JsonObject> make, string name) =>
        states
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select((state, index) => make(state).With("metadata.namespace", "one").Named($"{name}-{index}"))
            .Select(item => item["metadata"]!["labels"]?["version"] is null ? item.Label("version", "2") : item);

    private static readonly Dictionary<string, Func<JsonObject>> JobsByName = new(StringComparer.Ordinal)
    {
        ["complete"] = JobStates.Complete,
        ["failed"] = JobStates.Failed,
        ["failed-some"] = () => JobStates.Failed().With("status.succeeded", 1),
        ["failing"] = JobStates.Failing,
        ["running"] = JobStates.Running,
        ["suspended"] = JobStates.Suspended,
        ["deleting"] = () => JobStates.Complete().Deleting(),
        ["stale"] = () => JobStates.Complete().Label("version", "1"),
        ["stale-failed"] = () => JobStates.Failed().Label("version", "1"),
    };
}
