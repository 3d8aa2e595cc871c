using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Tests;

/// <summary>All Jobs that match a selector.</summary>
public sealed class JobSetTests
{
    [Theory]
    [MemberData(nameof(SetStates.Jobs), MemberType = typeof(SetStates))]
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
        var states = SetStates.JobObjects(jobs).Select(item => item.Job()).ToList();
        return JobRules.Set(Asked.Jobs.Label("version", "2") with { Tolerance = tolerance }, states, FinishedJobs.None);
    }
}
