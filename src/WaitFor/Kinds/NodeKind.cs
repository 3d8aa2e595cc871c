using WaitFor.Verdicts.Objects;

namespace WaitFor.Kinds;

/// <summary>Nodes: <see href="https://kubernetes.io/docs/concepts/architecture/nodes/"/>.</summary>
internal sealed class NodeKind() : ObjectKind("Node", "nodes", "", NodeRules.Judge, "no")
{
    public override string ReadyWhen => "Ready";

    public override bool Namespaced => false;
}
