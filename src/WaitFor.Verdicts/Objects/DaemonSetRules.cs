using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Objects;

/// <summary>The verdict on a DaemonSet, by its counts: it has no conditions.
/// <see href="https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/"/></summary>
public static class DaemonSetRules
{
    /// <summary>Judges one by its own state.</summary>
    public static Verdict Judge(ObjectState state)
    {
        // A new one counts 0 of 0 until the controller has seen it.
        if (ObjectRules.Before(state, observed: true) is { } before)
            return before;
        if (state.Count("status", "desiredNumberScheduled") is not { } desired)
            return ObjectRules.NotReadable("status.desiredNumberScheduled");

        var updated = state.Count("status", "updatedNumberScheduled") ?? 0;
        var available = state.Count("status", "numberAvailable") ?? 0;
        var onDelete = state.Text("spec", "updateStrategy", "type") == "OnDelete";
        var counts = $"{updated} of {Words.Count(desired, "pod")} updated, {available} available";
        if (!onDelete && updated < desired)
            return Verdict.Pending(VerdictCode.RolloutUpdating, counts);
        if (available < desired)
            return Verdict.Pending(VerdictCode.RolloutNotAvailable, counts);
        return Verdict.Met(
            VerdictCode.RolloutComplete,
            desired == 0 ? "complete, but no node matches: no pods are desired"
                : onDelete ? $"{counts} (updateStrategy OnDelete does not roll out by itself)"
                : counts
        );
    }
}
