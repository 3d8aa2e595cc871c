using WaitFor.Verdicts.Objects;
using WaitFor.Verdicts.State;

namespace WaitFor.Kinds;

/// <summary>StatefulSets: <see href="https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/"/>.</summary>
internal sealed class StatefulSetKind() : WorkloadKind("StatefulSet", "statefulsets", "apps", StatefulSetRules.Judge, "sts")
{
    public override string ReadyWhen => "all replicas ready and at the newest revision; with a partition those above it";

    public override bool IsNewest(ObjectState state, PodState pod, IReadOnlyList<PodState> pods) =>
        state.UpdateRevision() is not { } revision || Label(pod, "controller-revision-hash") == revision;
}
