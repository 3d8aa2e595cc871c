namespace WaitFor.Kubernetes.Access;

/// <summary>Everything needed to talk to one cluster.</summary>
public sealed record ClusterAccess
{
    /// <summary>Address of the API server, with a path where the server is behind one.</summary>
    public required Uri Server { get; init; }

    /// <summary>Where this came from, for messages: "in the cluster", or "context X of FILE".</summary>
    public required string Origin { get; init; }

    /// <summary>True where it is that of the pod that this program runs in.</summary>
    public bool InCluster { get; init; }

    /// <summary>Who we are.</summary>
    public required Credentials Credentials { get; init; }

    /// <summary>The authorities that are trusted; null: the host's.</summary>
    public Authorities? Authorities { get; init; }

    /// <summary>The name the server's certificate must carry, where it differs from the address.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>True: any certificate is taken.</summary>
    public bool InsecureSkipTlsVerify { get; init; }

    /// <summary>True where the server's certificate is checked against the host's authorities.</summary>
    public bool NeedsHostStore => Authorities is null && !InsecureSkipTlsVerify;

    /// <summary>Proxy to go through; null: none. Within a cluster there is never one: the environment's is meant for the world
    /// outside.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>True: answers are asked for without compression.</summary>
    public bool DisableCompression { get; init; }

    /// <summary>As whom the requests are made; null: as the credentials say.</summary>
    public Impersonation? Impersonation { get; init; }

    /// <summary>The longest wait for the head of an answer, more than 0; null: no limit but the usual one.</summary>
    public TimeSpan? RequestTimeout { get; init; }

    /// <summary>The namespace to use where none is given: the pod's own, or the context's; null where there is no default.</summary>
    public string? Namespace { get; init; }

    /// <summary>What the variable POD_NAMESPACE says in a pod; kubectl takes it in place of <see cref="Namespace"/>. Null where it is not
    /// set.</summary>
    public string? NamespaceVariable { get; init; }
}

/// <summary>The cluster cannot be accessed as configured. The message names the input, the reason and the next step, in one line, without a
/// secret.</summary>
public sealed class AccessException : Exception
{
    /// <summary>Creates the exception.</summary>
    public AccessException(string message, Exception? inner = null)
        : base(message, inner) { }
}
