using WaitFor.Verdicts.Conditions;
using WaitFor.Verdicts.Objects;
using WaitFor.Verdicts.State;
using WaitFor.Verdicts;

namespace WaitFor.Kinds;

/// <summary>Claims: <see href="https://kubernetes.io/docs/concepts/storage/persistent-volumes/"/>.</summary>
internal sealed class PersistentVolumeClaimKind()
    : ObjectKind("PersistentVolumeClaim", "persistentvolumeclaims", "", PersistentVolumeClaimRules.Judge, "pvc")
{
    public override string ReadyWhen => "Bound";

    public override string FailsWhen => "Lost";

    public override Verdict? EarlyEnd(ObjectState state, WantedItem item) => EarlyEnds.PersistentVolumeClaim(state, item);
}
