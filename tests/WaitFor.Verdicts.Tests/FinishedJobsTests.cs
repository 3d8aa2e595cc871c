using System.Text.Json.Nodes;
using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Tests;

/// <summary>A Job that was seen Complete stays Met when it is deleted; its successor of the same name is judged again.</summary>
public sealed class FinishedJobsTests
{
    [Fact]
    public void A_Job_that_its_TTL_removes_stays_Met()
    {
        var verdicts = Replay(Asked.Job, Recording.Replay("job-ttl-deleted", "jobs"));

        Assert.Equal(
            [
                "Pending Missing",
                "Pending JobNotStarted",
                "Pending JobRunning",
                "Pending JobRunning",
                "Pending JobRunning",
                "Pending JobFinishing",
                "Met JobComplete",
                "Met JobFinished", // being deleted
                "Met JobFinished", // gone
            ],
            verdicts.Select(verdict => verdict.Short())
        );
        Assert.Equal("was seen complete, removed since", verdicts[^1].Sentence);
    }

    [Fact]
    public void A_new_Job_of_the_same_name_is_judged_anew()
    {
        var verdicts = Replay(Asked.Job, Recording.Replay("job-deleted-and-recreated-same-name", "jobs"));

        Assert.Equal(
            [
                "Pending Missing",
                "Pending JobNotStarted",
                "Pending JobRunning",
                "Pending JobRunning",
                "Pending JobRunning",
                "Pending JobFinishing",
                "Met JobComplete",
                "Met JobFinished", // gone
                "Pending JobNotStarted", // another uid
                "Pending JobRunning",
                "Pending JobRunning",
                "Pending JobRunning",
                "Pending JobFinishing",
                "Met JobComplete",
            ],
            verdicts.Select(verdict => verdict.Short())
        );
    }

    [Fact]
    public void Once_a_successor_was_seen_the_first_Job_no_longer_counts()
    {
        // The successor is deleted before it finished: the memory of the first must not come back.
        JsonObject[][] states =
        [
            [Seen()],
            [],
            [Successor()],
            [],
        ];

        Assert.Equal(
            ["Met JobComplete", "Met JobFinished", "Pending JobRunning", "Pending Missing"],
            Replay(Asked.Job, states).Select(verdict => verdict.Short())
        );
    }

    [Fact]
    public void A_successor_that_is_first_seen_while_being_deleted_ends_the_memory_too()
    {
        JsonObject[][] states =
        [
            [Seen()],
            [JobStates.Complete().With("metadata.uid", "another").Deleting()],
            [],
        ];

        Assert.Equal(
            ["Met JobComplete", "Pending BeingDeleted", "Pending Missing"],
            Replay(Asked.Job, states).Select(verdict => verdict.Short())
        );
    }

    [Fact]
    public void A_Job_that_becomes_stale_is_forgotten()
    {
        JsonObject[][] states =
        [
            [Seen().Label("version", "2")],
            [Seen().Label("version", "1")],
            [],
        ];

        Assert.Equal(
            ["Met JobComplete", "Pending Stale", "Pending Missing"],
            Replay(Asked.Job.Label("version", "2"), states).Select(verdict => verdict.Short())
        );
    }

    [Fact]
    public void A_stale_successor_ends_the_memory_too()
    {
        JsonObject[][] states =
        [
            [Seen().Label("version", "2")],
            [],
            [Successor().Label("version", "1")],
            [],
        ];

        Assert.Equal(
            ["Met JobComplete", "Met JobFinished", "Pending Stale", "Pending Missing"],
            Replay(Asked.Job.Label("version", "2"), states).Select(verdict => verdict.Short())
        );
    }

    [Fact]
    public void A_Job_that_is_first_seen_while_being_deleted_never_counts()
    {
        JsonObject[][] states =
        [
            [Recording.Line("job-ttl-deleted", "jobs", 7)],
            [],
        ];

        Assert.Equal(["Pending BeingDeleted", "Pending Missing"], Replay(Asked.Job, states).Select(verdict => verdict.Short()));
    }

    [Fact]
    public void A_Job_that_finishes_while_being_deleted_never_counts()
    {
        JsonObject[][] states =
        [
            [JobStates.Running()],
            [JobStates.Complete().Deleting()],
            [],
        ];

        Assert.Equal(
            ["Pending JobRunning", "Pending BeingDeleted", "Pending Missing"],
            Replay(Asked.Job, states).Select(verdict => verdict.Short())
        );
    }

    [Fact]
    public void A_Job_without_a_uid_is_not_remembered()
    {
        JsonObject[][] states =
        [
            [Seen().Without("metadata.uid")],
            [],
        ];

        Assert.Equal(["Met JobComplete", "Pending Missing"], Replay(Asked.Job, states).Select(verdict => verdict.Short()));
    }

    [Fact]
    public void A_stale_Job_is_not_remembered()
    {
        JsonObject[][] states =
        [
            [Seen()],
            [],
        ];

        Assert.Equal(
            ["Pending Stale", "Pending Missing"],
            Replay(Asked.Job.Label("version", "2"), states).Select(verdict => verdict.Short())
        );
    }

    public static TheoryData<Tolerance, string> FailedAndRemoved =>
        new()
        {
            { Tolerance.None, "Failed JobFailed > Pending Missing" },
            { Tolerance.FailedEnd, "Met JobFinished > Pending Missing" },
            { Tolerance.IfSomeSucceeded, "Failed JobFailed > Pending Missing" },
        };

    [Theory]
    [MemberData(nameof(FailedAndRemoved))]
    public void A_failed_Job_is_never_remembered_not_even_where_its_failure_is_fine(Tolerance tolerance, string expected)
    {
        JsonObject[][] states =
        [
            [JobStates.Failed()],
            [],
        ];

        Assert.Equal(
            expected,
            string.Join(" > ", Replay(Asked.Job with { Tolerance = tolerance }, states).Select(verdict => verdict.Short()))
        );
    }

    [Fact]
    public void In_a_set_a_finished_and_removed_Job_still_counts()
    {
        var other = JobStates.Running().Named("other").With("metadata.namespace", "rec-job-complete");
        JsonObject[][] states =
        [
            [Seen(), other],
            [other],
            [JobStates.Complete().Named("other")],
        ];

        var verdicts = ReplaySet(Asked.Jobs, states);

        Assert.Equal(["Pending JobsRunning", "Pending JobsRunning", "Met JobsComplete"], verdicts.Select(verdict => verdict.Short()));
        Assert.Equal("1 of 2 Jobs complete; other: running, 1 active of 1 (0 ready)", verdicts[1].Sentence);
        Assert.Equal("2 of 2 Jobs complete", verdicts[2].Sentence);
        Assert.Equal(
            ["migrate: Met JobFinished", "other: Met JobComplete"],
            verdicts[2].Objects.Select(item => $"{item.Name}: {item.Verdict.Short()}")
        );
    }

    [Fact]
    public void A_set_of_which_all_finished_and_were_removed_is_not_missing()
    {
        JsonObject[][] states =
        [
            [Seen()],
            [],
        ];

        Assert.Equal(
            ["Met JobsComplete", "Met JobsComplete"],
            ReplaySet(Asked.Jobs with { OnMissing = OnMissing.Fail }, states).Select(verdict => verdict.Short())
        );
    }

    [Fact]
    public void In_a_set_a_successor_replaces_the_finished_Job()
    {
        JsonObject[][] states =
        [
            [Seen()],
            [Successor()],
        ];

        var verdicts = ReplaySet(Asked.Jobs, states);

        Assert.Equal(["Met JobsComplete", "Pending JobsRunning"], verdicts.Select(verdict => verdict.Short()));
        Assert.Single(verdicts[1].Objects);
    }

    [Fact]
    public void In_a_set_a_stale_successor_hides_the_finished_Job()
    {
        JsonObject[][] states =
        [
            [Seen().Label("version", "2")],
            [Successor().Label("version", "1")],
        ];

        Assert.Equal(
            ["Met JobsComplete", "Pending Stale"],
            ReplaySet(Asked.Jobs.Label("version", "2"), states).Select(verdict => verdict.Short())
        );
    }

    [Fact]
    public void In_a_set_the_memory_of_one_Job_says_nothing_of_another()
    {
        var other = JobStates.Complete().Named("other").Deleting();
        JsonObject[][] states =
        [
            [Seen(), other],
            [other],
            [],
        ];

        var verdicts = ReplaySet(Asked.Jobs, states);

        Assert.Equal(["Pending JobsRunning", "Pending JobsRunning", "Met JobsComplete"], verdicts.Select(verdict => verdict.Short()));
        Assert.Equal("1 of 2 Jobs complete; other: being deleted", verdicts[1].Sentence);
    }

    [Fact]
    public void In_a_set_a_finished_Job_that_gets_stale_does_not_count_as_removed()
    {
        JsonObject[][] states =
        [
            [Seen().Label("version", "2")],
            [Seen().Label("version", "1")],
        ];

        Assert.Equal(
            ["Met JobsComplete", "Pending Stale"],
            ReplaySet(Asked.Jobs.Label("version", "2"), states).Select(verdict => verdict.Short())
        );
    }

    [Fact]
    public void In_a_set_a_finished_Job_that_gets_stale_while_being_deleted_does_not_count_as_removed()
    {
        JsonObject[][] states =
        [
            [Seen().Label("version", "2")],
            [Seen().Label("version", "1").Deleting()],
        ];

        Assert.Equal(
            ["Met JobsComplete", "Pending Stale"],
            ReplaySet(Asked.Jobs.Label("version", "2"), states).Select(verdict => verdict.Short())
        );
    }

    [Fact]
    public void Jobs_of_the_same_name_in_two_namespaces_are_two()
    {
        JsonObject[][] states =
        [
            [Seen()],
            [Successor().With("metadata.namespace", "elsewhere")],
        ];

        var verdicts = ReplaySet(Asked.Jobs, states);

        Assert.Equal("Pending JobsRunning", verdicts[1].Short());
        Assert.Equal(2, verdicts[1].Objects.Count);
    }

    [Fact]
    public void What_was_seen_before_is_not_changed_by_observing_more()
    {
        var before = FinishedJobs.None.Observe(Asked.Job, [Seen().Job()]);

        before.Observe(Asked.Job, [Successor().Job()]);

        Assert.Equal("Met JobFinished", JobRules.Named(Asked.Job, null, before).Short());
        Assert.Equal("Pending Missing", JobRules.Named(Asked.Job, null, FinishedJobs.None).Short());
    }

    private static JsonObject Seen() => JobStates.Complete();

    private static JsonObject Successor() => JobStates.Running().With("metadata.uid", "another");

    private static List<Verdict> Replay(Expectation expected, IEnumerable<IReadOnlyCollection<JsonObject>> states) =>
        Replay(expected, states, (jobs, finished) => JobRules.Named(expected, jobs.SingleOrDefault(), finished));

    private static List<Verdict> ReplaySet(Expectation expected, IEnumerable<IReadOnlyCollection<JsonObject>> states) =>
        Replay(expected, states, (jobs, finished) => JobRules.Set(expected, jobs, finished));

    private static List<Verdict> Replay(
        Expectation expected,
        IEnumerable<IReadOnlyCollection<JsonObject>> states,
        Func<List<JobState>, FinishedJobs, Verdict> judge
    )
    {
        var finished = FinishedJobs.None;
        var verdicts = new List<Verdict>();
        foreach (var jobs in states.Select(items => items.Select(item => item.Job()).ToList()))
        {
            finished = finished.Observe(expected, jobs);
            verdicts.Add(judge(jobs, finished));
        }

        return verdicts;
    }
}
