using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Objects;

/// <summary>The verdict on a PersistentVolume, by its phase: a claim can use it, or does.
/// <see href="https://kubernetes.io/docs/concepts/storage/persistent-volumes/#phase"/></summary>
public static class PersistentVolumeRules
{
    /// <summary>Judges one by its own state.</summary>
    public static Verdict Judge(ObjectState state) =>
        ObjectRules.Before(state)
        ?? state.Text("status", "phase") switch
        {
            "Available" => Verdict.Met(VerdictCode.VolumeReady, "available"),
            "Bound" => Verdict.Met(VerdictCode.VolumeReady, $"bound to claim {state.Text("spec", "claimRef", "name")}".TrimEnd()),
            "Failed" => Verdict.Failed(VerdictCode.VolumeFailed, $"phase Failed: {state.Text("status", "message") ?? "no message"}"),
            var phase => Verdict.Pending(VerdictCode.VolumeNotReady, $"phase {phase ?? "not set"}, so no claim can use it"),
        };
}
