using WaitFor.Findings;

namespace WaitFor.Lint.Rules;

/// <summary>A gate that looks for its Job in another namespace.</summary>
internal sealed class NamespaceMismatch()
    : PatternRule(
        "namespace-mismatch",
        Level.Error,
        "The gate looks for the Job in another namespace",
        "Put both into one namespace, or give the gate the Job's namespace with -n"
    )
{
    /// <inheritdoc/>
    public override IEnumerable<Finding> Judge(Pattern pattern) =>
        from gate in pattern.Gates
        let here = Pairing.NamespaceOf(gate)
        from target in gate.Targets
        let jobs = Pairing.JobsNamed(pattern, target)
        where jobs.Count > 0 && !jobs.Any(job => Look.MayShareNamespace(here, job.Entry.Namespace))
        let there = jobs[0].Entry.Namespace
        select Found(
            gate.Owner.Entry,
            gate.Place,
            $"container {gate.Container.Name} looks for Job {target} in namespace {here}, and the Job is in {there}",
            gate.Owner.Entry.Namespace == there
                ? $"correct -n, or leave it out: the gate's own namespace is {there}"
                : $"add -n {there} to the gate's arguments, with a Role in that namespace, or deploy both into one namespace"
        );
}
