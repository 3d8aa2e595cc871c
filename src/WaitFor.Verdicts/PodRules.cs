using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts;

/// <summary>The verdict on pods: first each pod, then the set.
/// <see href="https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/"/></summary>
public static class PodRules
{
    /// <summary>Judges one pod by its name: a set of one, in which being deleted counts as Pending.</summary>
    /// <param name="expected">What was asked.</param>
    /// <param name="pod">Its last known state; null when it does not exist.</param>
    public static Verdict Named(Expectation expected, PodState? pod)
    {
        if (pod is null)
            return MissingRules.Decide(expected, "not found");
        if (StaleRules.Mismatch(expected, pod) is { } mismatch)
            return Verdict.Pending(VerdictCode.Stale, mismatch);

        var (state, verdict) = One(pod);
        return state == PodStanding.Failed && expected.Tolerance == Tolerance.FailedEnd
            ? Verdict.Met(VerdictCode.PodFailed, verdict.Sentence + ", which is accepted")
            : verdict;
    }

    /// <summary>Judges all pods that match a selector; stale ones, pods being deleted and failed ones that get replaced are left
    /// out.</summary>
    /// <param name="expected">What was asked.</param>
    /// <param name="pods">The last known state of all that match.</param>
    public static Verdict Set(Expectation expected, IReadOnlyCollection<PodState> pods)
    {
        var fresh = pods.Where(pod => !StaleRules.IsStale(expected, pod)).ToList();
        if (fresh.Count == 0)
            return pods.Count > 0 ? StaleRules.AllStale(expected, pods) : MissingRules.Decide(expected, "no pod matches the selector yet");

        var name = fresh.Namer();
        var judged = fresh.Select(pod => new Judged(name(pod), One(pod))).OrderBy(pod => pod.Name, StringComparer.Ordinal).ToList();
        var verdict = expected.MinReady is { } least ? AtLeast(least, judged) : All(expected.Tolerance, judged);
        return verdict with { Objects = [.. judged.Select(pod => new ObjectVerdict(pod.Name, pod.Verdict))] };
    }

    /// <summary>The verdict on one pod by its own state alone.</summary>
    public static Verdict Alone(PodState pod) => One(pod).Verdict;

    /// <summary>The table of a set: rows by what the pods are, columns by tolerance.</summary>
    private static Verdict All(Tolerance tolerance, List<Judged> judged)
    {
        var counts = new Counts(judged);
        if (counts.Counted == 0)
            return Verdict.Pending(
                VerdictCode.PodsNotReady,
                $"none of {Words.Count(judged.Count, "pod")} counts: {judged[0].Name}: {judged[0].Verdict.Sentence}"
            );

        if (counts.Met == counts.Counted)
            return Met();
        if (counts.Failed == counts.Counted)
            return tolerance == Tolerance.FailedEnd ? Met() : Failed();
        if (counts.Failed > 0)
        {
            return tolerance switch
            {
                Tolerance.None => Failed(),
                Tolerance.FailedEnd when counts.Pending == 0 => Met(),
                Tolerance.IfSomeSucceeded when counts.Met > 0 => Met(),
                _ => Pending(),
            };
        }

        return tolerance == Tolerance.IfSomeSucceeded && counts.Met > 0 ? Met() : Pending();

        Verdict Met() => Verdict.Met(VerdictCode.PodsReady, counts.ToString());
        Verdict Pending() => Verdict.Pending(VerdictCode.PodsNotReady, $"{counts}; {First(judged, PodStanding.Pending)}");
        Verdict Failed() => Verdict.Failed(VerdictCode.PodsFailed, $"{counts}; {First(judged, PodStanding.Failed)}");
    }

    /// <summary>--min-ready: at least so many Met, whatever the others are.</summary>
    private static Verdict AtLeast(int least, List<Judged> judged)
    {
        var counts = new Counts(judged);
        var sentence = $"{counts}, at least {least} needed";
        if (counts.Met >= least)
            return Verdict.Met(VerdictCode.PodsReady, sentence);
        // A failed pod that something replaces is ignored, and its replacement may still come.
        if (counts.Failed > 0 && counts.Ignored == 0 && counts.Met + counts.Pending < least)
            return Verdict.Failed(VerdictCode.PodsFailed, $"{sentence}; {First(judged, PodStanding.Failed)}");
        return Verdict.Pending(
            VerdictCode.PodsNotReady,
            counts.Pending > 0 ? $"{sentence}; {First(judged, PodStanding.Pending)}" : sentence
        );
    }

    private static (PodStanding Standing, Verdict Verdict) One(PodState pod)
    {
        var status = pod.Status;
        // Before everything else: the last state of a force-deleted pod may still say Running and Ready.
        if (pod.BeingDeleted())
            return (PodStanding.Ignored, Verdict.Pending(VerdictCode.BeingDeleted, "being deleted"));

        switch (status?.Phase)
        {
            case "Failed":
                return Replacement(pod) switch
                {
                    Replaced.No => (PodStanding.Failed, Verdict.Failed(VerdictCode.PodFailed, $"failed: {WhyFailed(status)}")),
                    Replaced.Yes => (
                        PodStanding.Ignored,
                        Verdict.Pending(VerdictCode.PodReplaced, $"failed ({WhyFailed(status)}), its controller replaces it")
                    ),
                    _ => (PodStanding.Pending, Verdict.Pending(VerdictCode.PodNotReady, "failed, and its controller is of no known kind")),
                };
            case "Succeeded":
                return (PodStanding.Met, Verdict.Met(VerdictCode.PodSucceeded, "succeeded"));
        }

        return status?.Conditions.True("Ready") is not null
            ? (PodStanding.Met, Verdict.Met(VerdictCode.PodReady, "ready"))
            : (PodStanding.Pending, Verdict.Pending(VerdictCode.PodNotReady, WhyNotReady(status)));
    }

    /// <summary>A failed pod is replaced by its controller, unless that is a Job (which counts the failure) or there is none.</summary>
    private static Replaced Replacement(PodState pod)
    {
        if (pod.Metadata?.OwnerReferences?.FirstOrDefault(owner => owner?.Controller == true) is not { } controller)
            return Replaced.No;
        return controller.Kind switch
        {
            null or "" => Replaced.Unknown,
            "Job" => Replaced.No,
            _ => Replaced.Yes,
        };
    }

    private static string WhyFailed(PodStatus status)
    {
        var ended = (status.InitContainerStatuses ?? [])
            .Concat(status.ContainerStatuses ?? [])
            .FirstOrDefault(container => container?.State?.Terminated is { ExitCode: not 0 });
        return ended is not null ? $"container {ended.Name} {Ended(ended.State!.Terminated!)}" : status.Reason ?? "no reason given";
    }

    /// <summary>The first container that says why; init containers come first, as they run first.</summary>
    private static string WhyNotReady(PodStatus? status)
    {
        foreach (var container in (status?.InitContainerStatuses ?? []).Concat(status?.ContainerStatuses ?? []))
        {
            if (container?.Ready == true || Why(container) is not { } why)
                continue;
            return $"container {container!.Name} {why}";
        }

        // A pod that no node takes has no container states yet.
        if (status?.Conditions.Find("PodScheduled") is { Status: "False" } unscheduled)
            return $"not scheduled: {unscheduled.Message ?? unscheduled.Reason ?? "no reason given"}";
        if (status?.Conditions.Find("Ready") is { Status: "Unknown" })
            return "readiness unknown (its node does not report)";
        return status?.Phase is "Running" ? "running, not ready" : $"phase {status?.Phase ?? "not set"}";
    }

    private static string? Why(ContainerStatus? container)
    {
        var last = container?.LastState?.Terminated;
        var history = string.Join(
            ", ",
            new[]
            {
                last is null ? null : $"last {Ended(last)}",
                container?.RestartCount is > 0 and int restarts ? Words.Count(restarts, "restart") : null,
            }.OfType<string>()
        );
        var more = history.Length > 0 ? $" ({history})" : "";
        // "PodInitializing" only says that the init containers are not through: the reason stands elsewhere.
        if (container?.State?.Waiting is { } waiting && waiting.Reason is not "PodInitializing")
            return $"is waiting: {waiting.Reason ?? "no reason given"}{more}";
        if (container?.State?.Terminated is { } terminated && (terminated.ExitCode != 0 || last is not null))
            return Ended(terminated) + more;
        return history.Length > 0 ? $"is not ready{more}" : null;
    }

    private static string Ended(ContainerTerminated terminated) =>
        $"exited with {terminated.ExitCode?.ToString() ?? "no code"}"
        + (terminated.Reason is { Length: > 0 } reason and not ("Error" or "Completed") ? $" ({reason})" : "");

    private static string First(List<Judged> judged, PodStanding standing) =>
        judged.Find(pod => pod.Standing == standing) is { } pod ? $"{pod.Name}: {pod.Verdict.Sentence}" : "";

    private enum PodStanding
    {
        Pending = 0,
        Met,
        Failed,
        Ignored,
    }

    private enum Replaced
    {
        Unknown = 0,
        No,
        Yes,
    }

    private sealed record Judged(string Name, PodStanding Standing, Verdict Verdict)
    {
        public Judged(string name, (PodStanding Standing, Verdict Verdict) one)
            : this(name, one.Standing, one.Verdict) { }
    }

    private sealed class Counts(List<Judged> judged)
    {
        public int Met { get; } = judged.Count(pod => pod.Standing == PodStanding.Met);

        public int Pending { get; } = judged.Count(pod => pod.Standing == PodStanding.Pending);

        public int Failed { get; } = judged.Count(pod => pod.Standing == PodStanding.Failed);

        public int Ignored { get; } = judged.Count(pod => pod.Standing == PodStanding.Ignored);

        public int Counted => Met + Pending + Failed;

        public override string ToString() =>
            $"{Met} of {Words.Count(Counted, "pod")} ready"
            + (Failed > 0 ? $", {Failed} failed" : "")
            + (Ignored > 0 ? $", {Ignored} left out" : "");
    }
}
