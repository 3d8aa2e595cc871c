using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Objects;

/// <summary>The verdict on a StatefulSet, by its counts and revisions: it has no conditions.
/// <see href="https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#update-strategies"/></summary>
public static class StatefulSetRules
{
    /// <summary>Judges one by its own state.</summary>
    public static Verdict Judge(ObjectState state)
    {
        if (ObjectRules.Before(state, observed: true) is { } before)
            return before;
        if (state.Count("spec", "replicas") is not { } wanted)
            return ObjectRules.NotReadable("spec.replicas");

        var ready = state.Count("status", "readyReplicas") ?? 0;
        var updated = state.Count("status", "updatedReplicas") ?? 0;
        // A server before 1.22 does not write it, and has no minReadySeconds; afterwards it is written even as 0.
        var available = state.Count("status", "availableReplicas") ?? (state.At("spec", "minReadySeconds") is null ? ready : 0);
        var onDelete = state.Text("spec", "updateStrategy", "type") == "OnDelete";
        var partition = state.Count("spec", "updateStrategy", "rollingUpdate", "partition") ?? 0;
        var (current, newest) = (state.Text("status", "currentRevision"), state.Text("status", "updateRevision"));
        var counts = $"{ready} of {Words.Count(wanted, "replica")} ready";

        if (!onDelete && partition > 0)
        {
            // Those below the partition keep the old revision.
            var due = Math.Max(0, wanted - partition);
            counts += $", {updated} updated, {due} needed (partition {partition})";
            if (updated < due)
                return Verdict.Pending(VerdictCode.RolloutUpdating, counts);
        }
        else if (!onDelete && (current is null || current != newest))
            return Verdict.Pending(VerdictCode.RolloutUpdating, $"{counts}, {updated} of {wanted} updated");

        if (ready < wanted)
            return Verdict.Pending(VerdictCode.RolloutNotAvailable, counts);
        if (available < wanted)
            return Verdict.Pending(VerdictCode.RolloutNotAvailable, $"{counts}, {available} available");
        if (onDelete)
            counts += $", {updated} at the newest revision (updateStrategy OnDelete does not roll out by itself)";
        return Verdict.Met(VerdictCode.RolloutComplete, wanted == 0 ? "complete, with 0 replicas: no pods are desired" : counts);
    }
}
