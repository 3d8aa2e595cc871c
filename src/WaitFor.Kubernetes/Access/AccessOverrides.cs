namespace WaitFor.Kubernetes.Access;

/// <summary>What kubectl's own flags change about the access. An unset property changes nothing. The rules are kubectl's.
/// <see href="https://kubernetes.io/docs/reference/kubectl/generated/kubectl_options/"/></summary>
public sealed record AccessOverrides
{
    /// <summary>No flag was given.</summary>
    public static AccessOverrides None { get; } = new();

    /// <summary><c>-s, --server</c>: address of the API server, with or without <c>https://</c>. It also clears the kubeconfig's
    /// <c>tls-server-name</c>. In a pod, the service account's token and CA are kept.</summary>
    public string? Server { get; init; }

    /// <summary><c>--token</c>: bearer token. It takes the place of all credentials of the user: client certificate, exec plugin, basic
    /// auth. Never shown.</summary>
    public string? Token { get; init; }

    /// <summary><c>--certificate-authority</c>: a PEM file, relative to the working folder. It takes the place of the cluster's CA and
    /// switches <c>insecure-skip-tls-verify</c> of the kubeconfig off.</summary>
    public string? CertificateAuthority { get; init; }

    /// <summary><c>--insecure-skip-tls-verify</c>: true takes any certificate and clears the kubeconfig's CA; false changes
    /// nothing, as in kubectl. Together with <see cref="CertificateAuthority"/> it is an error.</summary>
    public bool InsecureSkipTlsVerify { get; init; }

    /// <summary><c>--tls-server-name</c>: host name that the server's certificate must carry.</summary>
    public string? TlsServerName { get; init; }

    /// <summary><c>--cluster</c>: name of a cluster of the kubeconfig, in place of the context's.</summary>
    public string? Cluster { get; init; }

    /// <summary><c>--user</c>: name of a user of the kubeconfig, in place of the context's.</summary>
    public string? User { get; init; }

    /// <summary><c>--as</c>: the user to impersonate.</summary>
    public string? As { get; init; }

    /// <summary><c>--as-group</c>, repeatable: groups to impersonate; an error without <see cref="As"/> (or the kubeconfig's
    /// <c>as</c>).</summary>
    public IReadOnlyList<string> AsGroups { get; init; } = [];

    /// <summary><c>--as-uid</c>: the UID to impersonate; an error without a user to impersonate.</summary>
    public string? AsUid { get; init; }

    /// <summary><c>--request-timeout</c>: the longest wait for the head of an answer, more than 0; null: no limit of its own (as
    /// kubectl's <c>0</c>). It only shortens the limit of 30 s.</summary>
    public TimeSpan? RequestTimeout { get; init; }

    /// <summary>True where a kubeconfig is needed to find what is named.</summary>
    internal bool NeedsKubeconfig => Cluster is not null || User is not null;
}
