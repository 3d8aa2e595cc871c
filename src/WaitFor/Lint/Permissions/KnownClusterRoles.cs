namespace WaitFor.Lint.Permissions;

/// <summary>The ClusterRoles for people that every cluster has, as far as gates need them.
/// <see href="https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles"/></summary>
internal static class KnownClusterRoles
{
    /// <summary>Each has the rights of those before it.</summary>
    private static readonly string[] ByRights = ["view", "edit", "admin"];

    private static readonly string[] Reading = ["get", "list", "watch"];
    private static readonly string[] Writing = ["create", "delete", "deletecollection", "patch", "update"];

    private static readonly Policy[] View =
    [
        new(
            [""],
            [
                "configmaps", "endpoints", "persistentvolumeclaims", "pods", "replicationcontrollers", "serviceaccounts", "services",
                "events", "limitranges", "namespaces", "pods/log", "pods/status", "resourcequotas",
            ],
            [],
            Reading
        ),
        new(["discovery.k8s.io"], ["endpointslices"], [], Reading),
        new(["apps"], ["controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets"], [], Reading),
        new(["autoscaling"], ["horizontalpodautoscalers"], [], Reading),
        new(["batch"], ["cronjobs", "jobs"], [], Reading),
        new(["networking.k8s.io"], ["ingresses", "networkpolicies"], [], Reading),
        new(["policy"], ["poddisruptionbudgets"], [], Reading),
    ];

    private static readonly Policy[] Edit =
    [
        .. View,
        new([""], ["secrets"], [], Reading),
        new([""], ["configmaps", "persistentvolumeclaims", "pods", "secrets", "services"], [], Writing),
        new(["apps"], ["daemonsets", "deployments", "replicasets", "statefulsets"], [], Writing),
        new(["batch"], ["cronjobs", "jobs"], [], Writing),
    ];

    /// <summary>What a ClusterRole allows; null for one that is not known.</summary>
    public static IReadOnlyList<Policy>? Find(string name) =>
        name switch
        {
            "cluster-admin" => [new Policy(["*"], ["*"], [], ["*"])],
            "admin" or "edit" => Edit,
            "view" => View,
            _ => null,
        };

    /// <summary>The labels with which other ClusterRoles add to it.</summary>
    public static IEnumerable<string> Aggregated(string name) =>
        Array.IndexOf(ByRights, name) is >= 0 and var index
            ? ByRights[..(index + 1)].Select(one => $"rbac.authorization.k8s.io/aggregate-to-{one}")
            : [];
}
