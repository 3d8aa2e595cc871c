using WaitFor.Verdicts.Objects;

namespace WaitFor.Kinds;

/// <summary>Kinds of which there is nothing more to say than that an object exists: no controller reports about it.</summary>
/// <param name="name">As for <see cref="Kind"/>.</param>
/// <param name="resource">As for <see cref="Kind"/>.</param>
/// <param name="group">As for <see cref="Kind"/>.</param>
/// <param name="namespaced">False: its objects are in no namespace.</param>
/// <param name="shortNames">As for <see cref="Kind"/>.</param>
internal sealed class PresentKind(
    string name,
    string resource,
    string group = "",
    bool namespaced = true,
    params IReadOnlyList<string> shortNames
) : ObjectKind(name, resource, group, GenericRules.Exists, shortNames)
{
    private const string Rbac = "rbac.authorization.k8s.io";

    /// <summary>All of them, as far as every supported server has them in the version v1.</summary>
    public static readonly IReadOnlyList<Kind> All =
    [
        new PresentKind("ConfigMap", "configmaps", shortNames: "cm"),
        new PresentKind("Secret", "secrets"),
        new PresentKind("ServiceAccount", "serviceaccounts", shortNames: "sa"),
        new PresentKind("LimitRange", "limitranges", shortNames: "limits"),
        new PresentKind("Endpoints", "endpoints", shortNames: "ep"),
        new PresentKind("Role", "roles", Rbac),
        new PresentKind("RoleBinding", "rolebindings", Rbac),
        new PresentKind("ClusterRole", "clusterroles", Rbac, namespaced: false),
        new PresentKind("ClusterRoleBinding", "clusterrolebindings", Rbac, namespaced: false),
        new PresentKind("NetworkPolicy", "networkpolicies", "networking.k8s.io", shortNames: "netpol"),
        new PresentKind("StorageClass", "storageclasses", "storage.k8s.io", namespaced: false, "sc"),
        new PresentKind("PriorityClass", "priorityclasses", "scheduling.k8s.io", namespaced: false, "pc"),
    ];

    /// <summary>The same of kinds whose version differs from server to server, or whose status tells nothing of being ready: name and
    /// group.</summary>
    private static readonly string[] Others =
    [
        "CronJob.batch",
        "Ingress.networking.k8s.io",
        "IngressClass.networking.k8s.io",
        "PodDisruptionBudget.policy",
        "HorizontalPodAutoscaler.autoscaling",
        "ResourceQuota.",
        "Lease.coordination.k8s.io",
        "MutatingWebhookConfiguration.admissionregistration.k8s.io",
        "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
        "ValidatingAdmissionPolicy.admissionregistration.k8s.io",
        "ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io",
        "RuntimeClass.node.k8s.io",
        "CSIDriver.storage.k8s.io",
        "VolumeAttributesClass.storage.k8s.io",
        "PodTemplate.",
    ];

    public override string ReadyWhen => "it exists";

    public override bool Namespaced => namespaced;

    /// <summary>All of them as they are written, with their short names.</summary>
    public static IReadOnlyList<(string Word, IReadOnlyList<string> ShortNames)> Words { get; } =
    [
        .. All.Select(kind => (kind.Word, kind.ShortNames)),
        .. Others.Select(other => (other[..other.IndexOf('.', StringComparison.Ordinal)].ToLowerInvariant(), (IReadOnlyList<string>)[])),
    ];

    /// <summary>Whether an object of a kind that the server told of is met as soon as it exists.</summary>
    /// <param name="kind">As an object's <c>kind</c> says it.</param>
    /// <param name="ofGroup">Its API group; empty for the core group.</param>
    public static bool Includes(string kind, string ofGroup) => Others.Contains($"{kind}.{ofGroup}", StringComparer.Ordinal);
}
