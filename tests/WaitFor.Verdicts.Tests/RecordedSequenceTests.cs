using System.Text.Json.Nodes;

namespace WaitFor.Verdicts.Tests;

/// <summary>Every recorded watch, line by line: the verdicts that a gate goes through.</summary>
public sealed class RecordedSequenceTests
{
    private const string Started = "Pending Missing > Pending JobNotStarted > Pending JobRunning";
    private const string Completed = Started + " > Pending JobFinishing > Met JobComplete";

    public static TheoryData<string, string, string> Jobs =>
        new()
        {
            { "job-complete", "job job-we job-wr", Completed },
            { "job-created-suspended", "job job-we job-wr", "Pending Missing > Pending JobSuspended" },
            { "job-deadline-exceeded", "job", Started + " > Failed JobFailed" },
            { "job-deadline-exceeded", "job-we", Started + " > Pending JobFailing > Met JobFinished" },
            { "job-deadline-exceeded", "job-wr", Started + " > Pending JobFailing > Failed JobFailed" },
            {
                "job-deleted-and-recreated-same-name",
                "job job-we job-wr",
                Completed + " > Met JobFinished > Pending JobNotStarted > Pending JobRunning > Pending JobFinishing > Met JobComplete"
            },
            { "job-failed-backoff0", "job", Started + " > Failed JobFailed" },
            { "job-failed-backoff0", "job-we", Started + " > Pending JobFailing > Met JobFinished" },
            { "job-failed-backoff0", "job-wr", Started + " > Pending JobFailing > Failed JobFailed" },
            { "job-image-pull-error", "job job-we job-wr", Started },
            { "job-missing-configmap", "job job-we job-wr", Started },
            { "job-onfailure-retry", "job job-we job-wr", Completed },
            { "job-parallel-3", "job job-we job-wr", Completed },
            { "job-quota-blocked", "job job-we job-wr", "Pending Missing > Pending JobNotStarted" },
            // In between the failed pod is only in uncountedTerminatedPods, and all counts are absent.
            {
                "job-retry-then-complete",
                "job job-we job-wr",
                Started + " > Pending JobRetrying > Pending JobRunning > Pending JobFinishing > Met JobComplete"
            },
            { "job-running-at-start", "job job-we job-wr", "Pending JobRunning > Pending JobFinishing > Met JobComplete" },
            {
                "job-suspended-then-resumed",
                "job job-we job-wr",
                "Pending Missing > Pending JobSuspended > Pending JobRunning > Pending JobFinishing > Met JobComplete"
            },
            { "job-ttl-deleted", "job job-we job-wr", Completed + " > Met JobFinished" },
            { "job-unschedulable", "job job-we job-wr", Started },
        };

    private const string NotReady = "Pending Missing > Pending PodsNotReady";

    // A pod of a Job is Ready while it runs, not ready when it ended, Succeeded a second later.
    private const string Succeeded = NotReady + " > Met PodsReady > Pending PodsNotReady > Met PodsReady";

    public static TheoryData<string, string, string> Pods =>
        new()
        {
            { "deployment-service-rollout", "pod pod-we", Succeeded + " > Pending PodsNotReady" },
            { "deployment-service-rollout", "pod-wr", NotReady + " > Met PodsReady" },
            { "job-complete", "pod pod-we pod-wr", Succeeded },
            { "job-deadline-exceeded", "pod pod-we pod-wr", NotReady + " > Met PodsReady > Pending PodsNotReady > Pending Missing" },
            {
                "job-deleted-and-recreated-same-name",
                "pod pod-we pod-wr",
                Succeeded + " > Pending PodsNotReady > Met PodsReady > Pending PodsNotReady > Met PodsReady"
            },
            { "job-failed-backoff0", "pod pod-wr", NotReady + " > Met PodsReady > Pending PodsNotReady > Failed PodsFailed" },
            { "job-failed-backoff0", "pod-we", Succeeded },
            { "job-image-pull-error", "pod pod-we pod-wr", NotReady },
            { "job-missing-configmap", "pod pod-we pod-wr", NotReady },
            {
                "job-onfailure-retry",
                "pod pod-we pod-wr",
                NotReady
                    + " > Met PodsReady > Pending PodsNotReady > Met PodsReady > Pending PodsNotReady > Met PodsReady > Pending "
                    + "PodsNotReady > Met PodsReady"
            },
            {
                "job-parallel-3",
                "pod pod-we",
                Succeeded + " > Pending PodsNotReady > Met PodsReady > Pending PodsNotReady > Met PodsReady"
            },
            { "job-parallel-3", "pod-wr", Succeeded },
            // The failed pod of a Job stays and counts: only pod-wr gets over it.
            { "job-retry-then-complete", "pod", NotReady + " > Met PodsReady > Pending PodsNotReady > Failed PodsFailed" },
            {
                "job-retry-then-complete",
                "pod-we",
                Succeeded + " > Pending PodsNotReady > Met PodsReady > Pending PodsNotReady > Met PodsReady"
            },
            {
                "job-retry-then-complete",
                "pod-wr",
                NotReady
                    + " > Met PodsReady > Pending PodsNotReady > Failed PodsFailed > Pending PodsNotReady > Met PodsReady > Pending "
                    + "PodsNotReady > Met PodsReady"
            },
            { "job-running-at-start", "pod pod-we pod-wr", "Met PodsReady > Pending PodsNotReady > Met PodsReady" },
            { "job-suspended-then-resumed", "pod pod-we pod-wr", Succeeded },
            { "job-ttl-deleted", "pod pod-we pod-wr", Succeeded + " > Pending PodsNotReady > Pending Missing" },
            { "job-unschedulable", "pod pod-we pod-wr", NotReady },
            { "pod-completed", "pod pod-we pod-wr", Succeeded },
            // Ready between two crashes, each time: a gate opens there, as the pod says so.
            {
                "pod-crashloop",
                "pod pod-we pod-wr",
                NotReady
                    + " > Met PodsReady > Pending PodsNotReady > Met PodsReady > Pending PodsNotReady > Met PodsReady > Pending "
                    + "PodsNotReady > Met PodsReady > Pending PodsNotReady"
            },
            { "service-headless", "pod pod-we", NotReady + " > Met PodsReady" },
            { "service-headless", "pod-wr", NotReady + " > Met PodsReady" },
        };

    [Theory]
    [MemberData(nameof(Jobs))]
    public void A_Job_goes_through_these_verdicts(string scenario, string verbs, string expected)
    {
        foreach (var tolerance in verbs.Split(' ').Select(Parse))
        {
            var asked = Asked.Job with { Tolerance = tolerance };
            var finished = FinishedJobs.None;
            var verdicts = Recording.Replay(scenario, "jobs").Select(Judge).ToList();

            Assert.Equal(expected, Distinct(verdicts));
            Assert.Equal(Said(verdicts[^1]), Said(Judge(Recording.EndItems(scenario, "jobs"))));

            Verdict Judge(IReadOnlyCollection<JsonObject> items)
            {
                var job = items.SingleOrDefault()?.Job();
                finished = finished.Observe(asked, job is null ? [] : [job]);
                return JobRules.Named(asked, job, finished);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Pods))]
    public void A_set_of_pods_goes_through_these_verdicts(string scenario, string verbs, string expected)
    {
        foreach (var tolerance in verbs.Split(' ').Select(Parse))
        {
            var asked = Asked.Pods with { Tolerance = tolerance };
            var verdicts = Recording.Replay(scenario, "pods").Select(Judge).ToList();

            Assert.Equal(expected, Distinct(verdicts));
            Assert.Equal(Said(verdicts[^1]), Said(Judge(Recording.EndItems(scenario, "pods"))));

            Verdict Judge(IReadOnlyCollection<JsonObject> items) => PodRules.Set(asked, [.. items.Select(item => item.Pod())]);
        }
    }

    [Theory]
    [InlineData("deployment-service-rollout")]
    [InlineData("service-headless")]
    [InlineData("service-no-selector")]
    public void A_service_ends_as_the_list_at_the_end_says(string scenario)
    {
        var service = Recording.End(scenario, "services").Service();

        Assert.Equal(
            Said(Judge(Recording.Replay(scenario, "endpointslices").Last())),
            Said(Judge(Recording.EndItems(scenario, "endpointslices")))
        );

        Verdict Judge(IEnumerable<JsonObject> slices) => ServiceRules.Named(Asked.Service, service, slices.Select(slice => slice.Slice()));
    }

    [Fact]
    public void No_recorded_watch_is_left_out()
    {
        Assert.Equal(Recording.Scenarios("jobs"), Jobs.Select(row => (string)row[0]).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(Recording.Scenarios("pods"), Pods.Select(row => (string)row[0]).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(["deployment-service-rollout", "service-headless", "service-no-selector"], Recording.Scenarios("endpointslices"));
    }

    private static Tolerance Parse(string verb) =>
        verb switch
        {
            "job" or "pod" => Tolerance.None,
            "job-we" or "pod-we" => Tolerance.FailedEnd,
            "job-wr" or "pod-wr" => Tolerance.IfSomeSucceeded,
            _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, "no such verb"),
        };

    private static string Said(Verdict verdict) => $"{verdict.Short()}: {verdict.Sentence}";

    /// <summary>Kinds and codes in their order, each once until it changes.</summary>
    private static string Distinct(IEnumerable<Verdict> verdicts)
    {
        var distinct = new List<string>();
        foreach (var verdict in verdicts.Select(verdict => verdict.Short()))
        {
            if (distinct.Count == 0 || distinct[^1] != verdict)
                distinct.Add(verdict);
        }

        return string.Join(" > ", distinct);
    }
}
