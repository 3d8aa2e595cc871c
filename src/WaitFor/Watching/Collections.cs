using WaitFor.Kubernetes;
using WaitFor.Verdicts.State;

namespace WaitFor.Watching;

/// <summary>Which collections tell the state of a target. Named targets use the exact field selector, so that RBAC scoped by resourceNames
/// is enough.</summary>
internal static class Collections
{
    /// <summary>The objects themselves.</summary>
    public static Collection Of(Target target) => target.Kind.Objects(target);

    /// <summary>The ConfigMap with the completion records of a Job; the target has one.</summary>
    public static Collection Record(Target target) =>
        new()
        {
            Group = "",
            Version = "v1",
            Resource = "configmaps",
            Kind = "ConfigMap",
            Namespace = target.Namespace,
            Name = target.Record,
        };

    /// <summary>The pods of a Job, by its own selector: pods of a Job of the same name before it are not among them.</summary>
    public static Collection PodsOf(JobState job) =>
        Pods(
            job.Metadata?.Namespace,
            job.Spec?.MatchLabels ?? new Dictionary<string, string?>(StringComparer.Ordinal) { ["job-name"] = job.Metadata?.Name }
        );

    /// <summary>The pods of a workload or Job, by its own selector; null where it has none that can be read.</summary>
    public static Collection? PodsOf(ObjectState state) =>
        state.PodSelector() is { } selector ? Pods(state.Metadata?.Namespace, labels: null) with { LabelSelector = selector } : null;

    /// <summary>The pods that carry these labels.</summary>
    /// <param name="namespace">Where; null for all namespaces.</param>
    /// <param name="labels">The labels; null for all pods.</param>
    public static Collection Pods(string? @namespace, IReadOnlyDictionary<string, string?>? labels) =>
        new()
        {
            Group = "",
            Version = "v1",
            Resource = "pods",
            Kind = "Pod",
            Namespace = @namespace,
            LabelSelector = labels is null ? null : string.Join(',', labels.Select(label => $"{label.Key}={label.Value}")),
        };

    /// <summary>The slices of a service, by their label; of a set of services, all slices, as theirs need not carry the services'
    /// labels.</summary>
    public static Collection EndpointSlices(Target target) =>
        new()
        {
            Group = "discovery.k8s.io",
            Version = "v1",
            Resource = "endpointslices",
            Kind = "EndpointSlice",
            Namespace = target.Namespace,
            LabelSelector = target.Name is null
                ? EndpointSliceState.ServiceNameLabel
                : $"{EndpointSliceState.ServiceNameLabel}={target.Name}",
        };

    /// <summary>Before 1.21 there is no EndpointSlice v1. An Endpoints object has its service's name.</summary>
    public static Collection Endpoints(Target target) =>
        new()
        {
            Group = "",
            Version = "v1",
            Resource = "endpoints",
            Kind = "Endpoints",
            Namespace = target.Namespace,
            Name = target.Name,
        };
}
