using WaitFor.Verdicts;

namespace WaitFor.Report.Hints;

/// <summary>What a service, its slices and its pods say.</summary>
internal static class ServiceHints
{
    /// <summary>The selector of the service matches no pod.</summary>
    public static Finding? ServiceWithoutPods(TargetFacts facts)
    {
        if (
            facts.PodCount != 0
            || facts.Services.FirstOrDefault(service => service.Spec?.Selector is { Count: > 0 })
                is not { Metadata: { } service, Spec.Selector: { } labels }
        )
            return null;
        return new(
            $"the selector {Selector(labels)} of service {service.Name} matches no pod",
            $"Start its pods, or correct the selector; compare: kubectl get pods -n {service.Namespace} --show-labels"
        );
    }

    /// <summary>Nobody has written endpoints for the service: the controller does it where there is a selector, a person or program where
    /// there is none.</summary>
    public static Finding? ServiceWithoutSlices(TargetFacts facts) =>
        facts.Verdict.Code == VerdictCode.ServiceWithoutEndpoints
        && facts.PodCount != 0
        && facts.Services is [{ Metadata: { } service, Spec: { } spec } whole, ..]
        && !facts.Slices.Any(slice => ServiceRules.Belongs(slice, whole))
            ? (spec.Selector, facts.PodCount) switch
            {
                ({ Count: > 0 }, { } count) => new(
                    $"service {service.Name} has no EndpointSlice, though {Words.Count(count, "pod")} "
                        + $"{(count == 1 ? "matches" : "match")} its selector",
                    "Check that the EndpointSlice controller (kube-controller-manager) is running."
                ),
                ({ Count: > 0 } labels, _) => new(
                    $"service {service.Name} has no EndpointSlice",
                    "Check that the EndpointSlice controller (kube-controller-manager) is running, and that the service has pods: "
                        + $"kubectl get pods -n {service.Namespace} -l {Selector(labels)}"
                ),
                _ => new(
                    $"service {service.Name} has no selector and no EndpointSlice",
                    $"Create an EndpointSlice with the label kubernetes.io/service-name={service.Name}, or give the service a selector."
                ),
            }
            : null;

    /// <summary>The slices exist, but are empty: no pod has an address yet.</summary>
    public static Finding? PodsWithoutAddress(TargetFacts facts) =>
        facts.Verdict.Code == VerdictCode.ServiceWithoutEndpoints
        && facts.PodCount > 0
        && facts.Services is [{ Metadata: { } service } whole, ..]
        && facts.Slices.Any(slice => ServiceRules.Belongs(slice, whole))
            ? new(
                $"{Words.Count(facts.PodCount.Value, "pod")} of service {service.Name}, but none has an address yet",
                $"Find out what delays their start: kubectl describe pods -n {service.Namespace} -l "
                    + $"{Selector(whole.Spec?.Selector ?? new Dictionary<string, string?>(StringComparer.Ordinal))}"
            )
            : null;

    private static string Selector(IReadOnlyDictionary<string, string?> labels) =>
        string.Join(',', labels.Select(label => $"{label.Key}={label.Value}"));
}
