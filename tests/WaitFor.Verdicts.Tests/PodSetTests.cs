using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Tests;

/// <summary>All pods that match a selector: 2-verdicts.md's table, row by row and column by column.</summary>
public sealed class PodSetTests
{
    private const string Met = "Met PodsReady";
    private const string Pending = "Pending PodsNotReady";
    private const string Failed = "Failed PodsFailed";

    [Theory]
    [MemberData(nameof(SetStates.Pods), MemberType = typeof(SetStates))]
    public void Every_row_has_its_verdicts(string row, string pods, string pod, string failedEnd, string ifSomeSucceeded)
    {
        _ = row;
        foreach (
            var (tolerance, expected) in new[]
            {
                (Tolerance.None, pod),
                (Tolerance.FailedEnd, failedEnd),
                (Tolerance.IfSomeSucceeded, ifSomeSucceeded),
            }
        )
        {
            Assert.Equal(expected, Judge(pods, tolerance).Short());
            // The order in which the server lists them means nothing.
            Assert.Equal(expected, Judge(string.Join(' ', pods.Split(' ').Reverse()), tolerance).Short());
        }
    }

    public static TheoryData<int, string, string> AtLeast =>
        new()
        {
            { 1, "", "Pending Missing" },
            { 1, "ready", Met },
            { 1, "succeeded", Met },
            { 1, "ready unready unscheduled", Met },
            { 1, "ready failed", Met },
            { 2, "ready ready failed unready", Met },
            { 2, "ready succeeded", Met },
            { 2, "ready ready ready", Met },
            { 2, "ready", Pending },
            { 2, "ready unready", Pending },
            { 2, "unready unready failed", Pending },
            { 2, "ready unready failed failed", Pending },
            // Below N with all that is left, and nothing replaces the failed ones.
            { 1, "failed", Failed },
            { 1, "failed-bare", Failed },
            { 2, "ready failed", Failed },
            { 2, "unready failed", Failed },
            { 3, "ready unready failed", Failed },
            // Without a failure more pods may still come.
            { 3, "ready ready", Pending },
            { 1, "unready", Pending },
            // A replacement may still come.
            { 1, "replaced", Pending },
            { 2, "ready replaced", Pending },
            { 2, "ready failed replaced", Pending },
            { 1, "deleting", Pending },
            { 2, "ready deleting", Pending },
            { 1, "ready deleting replaced", Met },
            { 1, "stale", "Pending Stale" },
            { 2, "ready stale", Pending },
        };

    [Theory]
    [MemberData(nameof(AtLeast))]
    public void Min_ready_asks_for_so_many_whatever_the_others_are(int least, string pods, string expected)
    {
        foreach (var tolerance in Enum.GetValues<Tolerance>())
            Assert.Equal(expected, Judge(pods, tolerance, least).Short());
    }

    public static TheoryData<string, int?, string> Sentences =>
        new()
        {
            { "", null, "no pod matches the selector yet" },
            { "ready ready", null, "2 of 2 pods ready" },
            { "ready", null, "1 of 1 pod ready" },
            { "ready deleting replaced", null, "1 of 1 pod ready, 2 left out" },
            { "ready unready", null, "1 of 2 pods ready; pod-1: running, not ready" },
            { "ready failed unready", null, "1 of 3 pods ready, 1 failed; pod-1: failed: container migrate exited with 1" },
            { "deleting", null, "none of 1 pod counts: pod-0: being deleted" },
            {
                "replaced deleting",
                null,
                "none of 2 pods counts: pod-0: failed (container migrate exited with 1), its controller replaces it"
            },
            { "stale", null, "all 1 that match are stale; pod-0: stale: label version is \"1\", expected \"2\"" },
            { "ready unready", 1, "1 of 2 pods ready, at least 1 needed" },
            { "ready unready", 2, "1 of 2 pods ready, at least 2 needed; pod-1: running, not ready" },
            { "ready", 2, "1 of 1 pod ready, at least 2 needed" },
            { "ready failed", 2, "1 of 2 pods ready, 1 failed, at least 2 needed; pod-1: failed: container migrate exited with 1" },
        };

    [Theory]
    [MemberData(nameof(Sentences))]
    public void The_sentence_counts_and_names_the_first_to_blame(string pods, int? least, string expected) =>
        Assert.Equal(expected, Judge(pods, Tolerance.None, least).Sentence);

    [Fact]
    public void A_failed_pod_is_not_to_blame_where_failures_are_fine() =>
        Assert.Equal("0 of 2 pods ready, 1 failed; pod-1: running, not ready", Judge("failed unready", Tolerance.FailedEnd).Sentence);

    [Fact]
    public void The_members_are_listed_by_name_with_their_own_verdicts_and_without_the_stale()
    {
        var verdict = Judge("unready ready stale failed deleting replaced", Tolerance.None);

        Assert.Equal(
            [
                "pod-0: Pending PodNotReady",
                "pod-1: Met PodReady",
                "pod-3: Failed PodFailed",
                "pod-4: Pending BeingDeleted",
                "pod-5: Pending PodReplaced",
            ],
            verdict.Objects.Select(item => $"{item.Name}: {item.Verdict.Short()}")
        );
    }

    [Fact]
    public void A_set_across_namespaces_names_them()
    {
        PodState[] pods = [PodStates.Ready().Named("a").Pod(), PodStates.Ready().Named("a").With("metadata.namespace", "elsewhere").Pod()];

        Assert.Equal(["elsewhere/a", "rec-deployment-service-rollout/a"], PodRules.Set(Asked.Pods, pods).Objects.Select(item => item.Name));
    }

    private static Verdict Judge(string pods, Tolerance tolerance, int? least = null)
    {
        var states = SetStates.PodObjects(pods).Select(item => item.Pod()).ToList();
        return PodRules.Set(Asked.Pods.Label("version", "2") with { Tolerance = tolerance, MinReady = least }, states);
    }
}
