using WaitFor.Verdicts.Objects;

namespace WaitFor.Kinds;

/// <summary>ReplicaSets: <see href="https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/"/>.</summary>
internal sealed class ReplicaSetKind() : WorkloadKind("ReplicaSet", "replicasets", "apps", ReplicaSetRules.Judge, "rs")
{
    public override string ReadyWhen => "all replicas ready";
}
