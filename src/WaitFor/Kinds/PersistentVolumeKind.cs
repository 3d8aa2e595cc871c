using WaitFor.Verdicts.Objects;

namespace WaitFor.Kinds;

/// <summary>Volumes: <see href="https://kubernetes.io/docs/concepts/storage/persistent-volumes/"/>.</summary>
internal sealed class PersistentVolumeKind() : ObjectKind("PersistentVolume", "persistentvolumes", "", PersistentVolumeRules.Judge, "pv")
{
    public override string ReadyWhen => "Available or Bound";

    public override string FailsWhen => "Failed";

    public override bool Namespaced => false;
}
