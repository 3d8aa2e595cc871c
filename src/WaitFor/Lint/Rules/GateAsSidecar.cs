using WaitFor.Findings;

namespace WaitFor.Lint.Rules;

/// <summary>A gate that the pod does not wait for.
/// <see href="https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/"/></summary>
internal sealed class GateAsSidecar()
    : PatternRule(
        "gate-as-sidecar",
        Level.Error,
        "The gate is a sidecar, so the pod's next containers do not wait for it",
        "Remove restartPolicy: Always from the gate's init container"
    )
{
    /// <inheritdoc/>
    public override IEnumerable<Finding> Judge(Pattern pattern) =>
        from gate in pattern.Gates.DistinctBy(gate => gate.Container.Node)
        let policy = gate.Container.Node["restartPolicy"]
        where gate.Container.Init && policy?.Text == "Always"
        select Found(
            gate.Owner.Entry,
            policy,
            $"init container {gate.Container.Name} is a sidecar (restartPolicy: Always): the next containers start as soon as it runs, and "
                + "it is started again each time it ends",
            "remove restartPolicy: Always from it"
        );
}
