using WaitFor.Kubernetes;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;

namespace WaitFor.Kinds;

/// <summary>A kind that keeps pods running, by its selector.
/// <see href="https://kubernetes.io/docs/concepts/workloads/controllers/"/></summary>
/// <param name="name">As for <see cref="Kind"/>.</param>
/// <param name="resource">As for <see cref="Kind"/>.</param>
/// <param name="group">As for <see cref="Kind"/>.</param>
/// <param name="rule">As for <see cref="ObjectKind"/>.</param>
/// <param name="shortNames">As for <see cref="Kind"/>.</param>
internal abstract class WorkloadKind(
    string name,
    string resource,
    string group,
    Func<ObjectState, Verdict> rule,
    params IReadOnlyList<string> shortNames
) : ObjectKind(name, resource, group, rule, shortNames)
{
    public override bool TakesExpected => true;

    public override bool ReportsPods => true;

    public override bool TakesFailFast => true;

    public override string Renewal => $"Roll out this release's {Name}";

    public override Collection? Pods(ObjectState state) => Watching.Collections.PodsOf(state);

    /// <summary>The value of a label of a pod; null where it has none.</summary>
    protected static string? Label(PodState pod, string key) => pod.Metadata?.Labels?.GetValueOrDefault(key);
}
