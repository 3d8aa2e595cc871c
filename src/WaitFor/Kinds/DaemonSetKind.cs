using System.Globalization;
using WaitFor.Verdicts.Objects;
using WaitFor.Verdicts.State;

namespace WaitFor.Kinds;

/// <summary>DaemonSets: <see href="https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/"/>.</summary>
internal sealed class DaemonSetKind() : WorkloadKind("DaemonSet", "daemonsets", "apps", DaemonSetRules.Judge, "ds")
{
    public override string ReadyWhen => "all desired pods updated and available";

    /// <summary>The revision's hash is nowhere in the DaemonSet itself; its pods carry the number of their template.</summary>
    public override bool IsNewest(ObjectState state, PodState pod, IReadOnlyList<PodState> pods) =>
        Generation(pod) == pods.Select(Generation).DefaultIfEmpty(0).Max();

    private static int Generation(PodState pod) =>
        int.TryParse(Label(pod, "pod-template-generation"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
