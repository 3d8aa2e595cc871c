using WaitFor.Verdicts.Objects;
using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Conditions;

/// <summary>When what <c>--for</c> asks for can no longer come, kind by kind.</summary>
public static class EarlyEnds
{
    private static readonly string[] OfRunningPods = ["Ready", "ContainersReady", "Initialized", "PodScheduled"];

    /// <summary>Never: for kinds whose states are never final.</summary>
    public static Verdict? None(ObjectState state, WantedItem item) => null;

    /// <summary>A Job that has failed does not become complete, and the other way round.</summary>
    public static Verdict? Job(ObjectState state, WantedItem item)
    {
        var failed = First(state, "Failed", "FailureTarget");
        var complete = First(state, "Complete", "SuccessCriteriaMet");
        if (failed is not null && (IsTrue(item, "Complete") || IsTrue(item, "SuccessCriteriaMet")))
            return Verdict.Failed(VerdictCode.JobFailed, ObjectRules.Said(failed));
        if (complete is not null && (IsTrue(item, "Failed") || IsTrue(item, "FailureTarget")))
            return Unreachable($"{ObjectRules.Said(complete)}, so it can no longer fail");
        // The counts of a finished Job are final.
        return item is WantedItem.Path { Value: not null, Expression.Plain: "status.succeeded" or "status.failed" }
            && First(state, "Failed", "Complete") is { } end
            ? Unreachable($"{ObjectRules.Said(end)}, so {item} can no longer hold")
            : null;
    }

    /// <summary>A Deployment past its progress deadline does not become available; it does not end while Available holds.</summary>
    public static Verdict? Deployment(ObjectState state, WantedItem item) =>
        IsTrue(item, "Available") && state.ObservedGeneration is not null && DeploymentRules.DeadlineExceeded(state) is { } exceeded
            ? Verdict.Failed(VerdictCode.ProgressDeadlineExceeded, exceeded)
            : null;

    /// <summary>A pod that has ended does not become ready, and does not change its phase; one that its controller replaces is not final:
    /// the set goes on without it.</summary>
    public static Verdict? Pod(ObjectState state, WantedItem item)
    {
        if (state.Text("status", "phase") is not ("Succeeded" or "Failed") || Controller(state) is not (null or "Job"))
            return null;
        var phase = state.Text("status", "phase");
        return OfRunningPods.Any(condition => IsTrue(item, condition)) || IsPhase(item)
            ? Unreachable($"phase {phase}, which is final, so {item} can no longer hold")
            : null;
    }

    /// <summary>A claim whose volume is lost is not bound any more.</summary>
    public static Verdict? PersistentVolumeClaim(ObjectState state, WantedItem item) =>
        IsPhase(item) && state.Text("status", "phase") == "Lost"
            ? Verdict.Failed(VerdictCode.ClaimLost, $"phase Lost, so {item} can no longer hold")
            : null;

    /// <summary>A definition whose names are taken is not served.</summary>
    public static Verdict? CustomResourceDefinition(ObjectState state, WantedItem item) =>
        IsTrue(item, "Established") && state.Condition("NamesAccepted") is { Status: "False" } refused
            ? Verdict.Failed(VerdictCode.NamesNotAccepted, ObjectRules.Said(refused))
            : null;

    private static Verdict Unreachable(string sentence) => Verdict.Failed(VerdictCode.WantedUnreachable, sentence);

    private static bool IsTrue(WantedItem item, string condition) =>
        item is WantedItem.Condition wanted
        && condition.Equals(wanted.Name, StringComparison.OrdinalIgnoreCase)
        && wanted.Status.Equals("True", StringComparison.OrdinalIgnoreCase);

    private static bool IsPhase(WantedItem item) => item is WantedItem.Path { Value: not null, Expression.Plain: "status.phase" };

    private static Condition? First(ObjectState state, params ReadOnlySpan<string> types)
    {
        foreach (var type in types)
        {
            if (state.Condition(type) is { Status: "True" } condition)
                return condition;
        }

        return null;
    }

    /// <summary>The kind of the managing controller; empty where it names none, null where there is no controller.</summary>
    private static string? Controller(ObjectState state) =>
        state.Metadata?.OwnerReferences?.FirstOrDefault(owner => owner?.Controller == true) is { } owner ? owner.Kind ?? "" : null;
}
