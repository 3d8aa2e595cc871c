namespace WaitFor.Kubernetes.Access;

/// <summary>Finds the cluster: <c>--kubeconfig</c>, <c>$KUBECONFIG</c>, in the cluster, <c>~/.kube/config</c>, in this order.</summary>
public static class AccessLoader
{
    /// <summary>Loads the access; contacts nothing.</summary>
    /// <param name="kubeconfig">A kubeconfig file that was asked for; null when none was.</param>
    /// <param name="context">A context that was asked for; null: the current one.</param>
    /// <param name="environment">Environment variables and the service account's folder.</param>
    /// <param name="time">Clock for the expiry of a plugin's credentials.</param>
    /// <param name="pluginLimit">The longest time an exec plugin may take.</param>
    /// <param name="overrides">What flags of the command line change; null: nothing.</param>
    /// <exception cref="AccessException">There is no configuration, or it cannot be used.</exception>
    public static ClusterAccess Load(
        string? kubeconfig,
        string? context,
        Environment environment,
        TimeProvider time,
        TimeSpan pluginLimit,
        AccessOverrides? overrides = null
    )
    {
        overrides ??= AccessOverrides.None;
        var builder = new KubeconfigAccess(environment, time, pluginLimit, overrides);
        if (kubeconfig is not null)
            return FromFiles([kubeconfig], mustExist: true);

        if (environment.Get("KUBECONFIG") is { } list)
            return FromFiles(
                [.. list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)],
                mustExist: false
            );

        // A context, cluster or user can only be one of a kubeconfig.
        var named = context is not null || overrides.NeedsKubeconfig;
        if (!named && InCluster.IsPossible(environment))
            return InCluster.Load(environment, overrides);

        var home = environment.Get("HOME") is { } folder ? Path.Combine(folder, ".kube", "config") : null;
        if (home is not null && File.Exists(home))
            return FromFiles([home], mustExist: true);

        // As kubectl, which then needs no configuration.
        if (!named && overrides.Server is not null)
            return builder.Build();

        throw new AccessException(
            InCluster.Address(environment) is not null && !named
                ? $"in the cluster, but there is no service account token in {environment.ServiceAccountFolder}; set "
                    + "automountServiceAccountToken: true in the pod's spec, or give --kubeconfig"
                : "no cluster configuration: give --kubeconfig FILE, set KUBECONFIG, or run in a pod"
        );

        ClusterAccess FromFiles(IReadOnlyList<string> files, bool mustExist) => builder.Build(Kubeconfig.Load(files, mustExist), context);
    }
}
