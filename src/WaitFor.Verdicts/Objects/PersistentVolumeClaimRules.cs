using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Objects;

/// <summary>The verdict on a PersistentVolumeClaim, by its phase.
/// <see href="https://kubernetes.io/docs/concepts/storage/persistent-volumes/#phase"/></summary>
public static class PersistentVolumeClaimRules
{
    /// <summary>Judges one by its own state.</summary>
    public static Verdict Judge(ObjectState state) =>
        ObjectRules.Before(state)
        ?? state.Text("status", "phase") switch
        {
            "Bound" => Verdict.Met(VerdictCode.ClaimBound, $"bound to {state.Text("spec", "volumeName") ?? "a volume"}"),
            "Lost" => Verdict.Failed(VerdictCode.ClaimLost, $"lost: its volume {state.Text("spec", "volumeName")} does not exist any more"),
            var phase => Verdict.Pending(VerdictCode.ClaimNotBound, $"phase {phase ?? "not set"}, not bound to a volume"),
        };
}
