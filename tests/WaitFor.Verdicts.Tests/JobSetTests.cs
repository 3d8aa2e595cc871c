using System.Text.Json.Nodes;
using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Tests;

/// <summary>All Jobs that match a selector.</summary>
public sealed class JobSetTests
{
    private static readonly Dictionary<string, Func<JsonObject>> States = new(StringComparer.Ordinal)
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

    public static TheoryData<string, string, string, string> Table =>
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

    [Theory]
    [MemberData(nameof(Table))]
    public void All_Met_is_Met_any_Failed_is_Failed_else_Pending(string jobs, string job, string failedEnd, string ifSomeSucceeded)
    {
        foreach (
            var (tolerance, expected) in new[]
            {
                (Tolerance.None, job),
                (Tolerance.FailedEnd, failedEnd),
                (Tolerance.IfSomeSucceeded, ifSomeSucceeded),
            }
        )
        {
            Assert.Equal(expected, Judge(jobs, tolerance).Short());
            // The order in which the server lists them means nothing.
            Assert.Equal(expected, Judge(string.Join(' ', jobs.Split(' ').Reverse()), tolerance).Short());
        }
    }

    public static TheoryData<string, string> Sentences =>
        new()
        {
            { "", "no Job matches the selector yet" },
            { "complete complete", "2 of 2 Jobs complete" },
            { "complete running", "1 of 2 Jobs complete; job-1: running, 1 active of 1 (0 ready)" },
            { "complete failed running", "job-1: failed: BackoffLimitExceeded: Job has reached the specified backoff limit" },
            { "stale stale-failed", "all 2 that match are stale; job-0: stale: label version is \"1\", expected \"2\"" },
        };

    [Theory]
    [MemberData(nameof(Sentences))]
    public void The_sentence_counts_and_names_the_first_that_is_not_ready_yet(string jobs, string expected) =>
        Assert.Equal(expected, Judge(jobs, Tolerance.None).Sentence);

    [Fact]
    public void The_members_are_listed_by_name_with_their_own_verdicts_and_without_the_stale()
    {
        var verdict = Judge("running complete stale failed", Tolerance.None);

        Assert.Equal(
            ["job-0: Pending JobRunning", "job-1: Met JobComplete", "job-3: Failed JobFailed"],
            verdict.Objects.Select(item => $"{item.Name}: {item.Verdict.Short()}")
        );
    }

    [Fact]
    public void A_set_across_namespaces_names_them()
    {
        JobState[] jobs = [JobStates.Complete().Job(), JobStates.Running().With("metadata.namespace", "elsewhere").Job()];

        var verdict = JobRules.Set(Asked.Jobs, jobs, FinishedJobs.None);

        Assert.Equal(["elsewhere/migrate", "rec-job-complete/migrate"], verdict.Objects.Select(item => item.Name));
    }

    private static Verdict Judge(string jobs, Tolerance tolerance)
    {
        var states = jobs.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select((state, index) => States[state]().With("metadata.namespace", "one").Named($"job-{index}"))
            // Who says nothing of a label carries the expected one.
            .Select(item => item["metadata"]!["labels"]!["version"] is null ? item.Label("version", "2") : item)
            .Select(item => item.Job())
            .ToList();
        return JobRules.Set(Asked.Jobs.Label("version", "2") with { Tolerance = tolerance }, states, FinishedJobs.None);
    }
}
