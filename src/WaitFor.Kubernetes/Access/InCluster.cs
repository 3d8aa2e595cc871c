namespace WaitFor.Kubernetes.Access;

/// <summary>Access from within a pod, by its service account.
/// <see href="https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/"/></summary>
internal static class InCluster
{
    public const string ServiceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>True when the kubelet's variables exist, and the service account's token too.</summary>
    public static bool IsPossible(Environment environment) =>
        Address(environment) is not null && File.Exists(Path.Combine(environment.ServiceAccountFolder, "token"));

    public static string? Address(Environment environment)
    {
        var host = environment.Get("KUBERNETES_SERVICE_HOST");
        var port = environment.Get("KUBERNETES_SERVICE_PORT");
        if (host is null || port is null)
            return null;
        return host.Contains(':', StringComparison.Ordinal) ? $"https://[{host.Trim('[', ']')}]:{port}" : $"https://{host}:{port}";
    }

    /// <exception cref="AccessException">The variables or the folder's files are not usable.</exception>
    public static ClusterAccess Load(Environment environment, AccessOverrides overrides)
    {
        var address = Address(environment)!;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var server))
            throw new AccessException($"KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT give no address: {ApiFault.OneLine(address)}");
        var folder = environment.ServiceAccountFolder;
        // The flags change it as they change a kubeconfig's cluster.
        var changed = new ClusterSettings(
            YamlSection.Empty("in the cluster"),
            overrides with
            {
                Server = overrides.Server ?? server.AbsoluteUri,
            }
        );
        var namespaceFile = Path.Combine(folder, "namespace");
        return new ClusterAccess
        {
            Server = changed.Server,
            Origin = "in the cluster",
            InCluster = true,
            Authorities = changed.Authorities ?? (changed.InsecureSkipTlsVerify ? null : Authorities.Read(Path.Combine(folder, "ca.crt"))),
            TlsServerName = changed.TlsServerName,
            InsecureSkipTlsVerify = changed.InsecureSkipTlsVerify,
            Credentials = Credentials.Given(overrides) ?? Credentials.TokenFile(Path.Combine(folder, "token")),
            Impersonation = Impersonation.Read(user: null, overrides),
            RequestTimeout = overrides.RequestTimeout,
            Namespace =
                File.Exists(namespaceFile) && Files.Read(namespaceFile, "the namespace file").Trim() is { Length: > 0 } name ? name : null,
            NamespaceVariable = environment.Get("POD_NAMESPACE"),
        };
    }
}
