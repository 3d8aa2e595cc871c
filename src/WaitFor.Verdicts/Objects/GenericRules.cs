using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Objects;

/// <summary>The verdict on an object of a kind of which nothing else is known: by the conditions Stalled, Reconciling and Ready.
/// <see href="https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md"/></summary>
public static class GenericRules
{
    /// <summary>Judges one by its own state. Without a condition Ready it is never Met: nobody knows what its controller will
    /// say.</summary>
    public static Verdict Judge(ObjectState state)
    {
        if (ObjectRules.Before(state) is { } before)
            return before;
        if (state.Condition("Stalled") is { Status: "True" } stalled)
            return Verdict.Failed(VerdictCode.ObjectStalled, ObjectRules.Said(stalled));
        if (state.Condition("Reconciling") is { Status: "True" } reconciling)
            return Verdict.Pending(VerdictCode.ObjectReconciling, ObjectRules.Said(reconciling));
        return state.Conditions.Find("Ready") is null
            ? Verdict.Pending(
                VerdictCode.ObjectNotReady,
                "has no condition Ready yet; if it never has one, use --for (such as --for=jsonpath='{.status.phase}'=Active)"
            )
            : ObjectRules.ByCondition(state, "Ready");
    }

    /// <summary>Judges an object of a kind that has no status (ConfigMap, Secret, Role): Met while it exists.</summary>
    public static Verdict Exists(ObjectState state) => ObjectRules.Before(state) ?? Verdict.Met(VerdictCode.ObjectExists, "exists");
}
