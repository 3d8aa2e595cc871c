using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Objects;

/// <summary>The verdict on a ReplicaSet or ReplicationController.
/// <see href="https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/replica-set-v1/#ReplicaSetStatus"/></summary>
public static class ReplicaSetRules
{
    /// <summary>Judges one by its own state.</summary>
    public static Verdict Judge(ObjectState state)
    {
        if (ObjectRules.Before(state, observed: true) is { } before)
            return before;
        if (state.Count("spec", "replicas") is not { } wanted)
            return ObjectRules.NotReadable("spec.replicas");
        var ready = state.Count("status", "readyReplicas") ?? 0;
        var counts = $"{ready} of {Words.Count(wanted, "replica")} ready";
        if (ready < wanted)
            return state.Condition("ReplicaFailure") is { Status: "True" } failure
                ? Verdict.Pending(VerdictCode.ReplicaFailure, $"{counts}; {ObjectRules.Said(failure)}")
                : Verdict.Pending(VerdictCode.RolloutNotAvailable, counts);
        return Verdict.Met(VerdictCode.RolloutComplete, wanted == 0 ? "complete, with 0 replicas: no pods are desired" : counts);
    }
}
