using WaitFor.Verdicts.Objects;

namespace WaitFor.Kinds;

/// <summary>ReplicationControllers:
/// <see href="https://kubernetes.io/docs/concepts/workloads/controllers/replicationcontroller/"/>.</summary>
internal sealed class ReplicationControllerKind()
    : WorkloadKind("ReplicationController", "replicationcontrollers", "", ReplicaSetRules.Judge, "rc")
{
    public override string ReadyWhen => "all replicas ready";
}
