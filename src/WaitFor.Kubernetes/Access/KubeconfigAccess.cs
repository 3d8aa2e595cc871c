namespace WaitFor.Kubernetes.Access;

/// <summary>Makes the access of one context of a kubeconfig. A field that is not known is an error that names it: what it asks for would
/// silently not happen.
/// <see href="https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/"/></summary>
internal sealed class KubeconfigAccess(Environment environment, TimeProvider time, TimeSpan pluginLimit, AccessOverrides overrides)
{
    private static readonly string[] KnownOfUser =
    [
        "client-certificate",
        "client-certificate-data",
        "client-key",
        "client-key-data",
        "token",
        "tokenFile",
        "username",
        "password",
        "exec",
        "as",
        "as-uid",
        "as-groups",
        "as-user-extra",
        "extensions",
    ];

    private static readonly string[] KnownOfContext = ["cluster", "user", "namespace", "extensions"];

    /// <summary>The access of a context.</summary>
    /// <param name="config">The kubeconfig.</param>
    /// <param name="contextName">The context that was asked for; null: the current one.</param>
    /// <exception cref="AccessException">The context does not exist, or cannot be used.</exception>
    public ClusterAccess Build(Kubeconfig config, string? contextName)
    {
        contextName ??= config.CurrentContext;
        // As kubectl: flags that name the rest need no context.
        if (contextName is null && overrides.Cluster is null && overrides.Server is null)
            throw new AccessException(
                $"kubeconfig {config.Origin} has no current-context: choose one with --context ("
                    + string.Join(", ", config.Contexts.Order(StringComparer.Ordinal).Select(ApiFault.OneLine))
                    + ")"
            );
        var context = contextName is null ? YamlSection.Empty(config.Origin) : config.Context(contextName);
        context.OnlyHas(KnownOfContext);
        var cluster = (overrides.Cluster ?? context.Text("cluster")) switch
        {
            { } name => config.Cluster(name),
            null when overrides.Server is not null => YamlSection.Empty(config.Origin),
            null => throw context.Error("cluster is not set"),
        };
        return Build(
            new ClusterSettings(cluster, overrides),
            (overrides.User ?? context.Text("user")) is { } user ? config.User(user) : null,
            contextName is null ? config.Origin : $"context {ApiFault.OneLine(contextName)} of {config.Origin}",
            // As kubectl: a context without a namespace means "default".
            context.Text("namespace") ?? "default"
        );
    }

    /// <summary>The access that the flags alone describe.</summary>
    /// <exception cref="AccessException">They cannot be used.</exception>
    public ClusterAccess Build() => Build(new ClusterSettings(YamlSection.Empty("(none)"), overrides), user: null, "--server", "default");

    private ClusterAccess Build(ClusterSettings cluster, YamlSection? user, string origin, string @namespace)
    {
        user?.OnlyHas(KnownOfUser);
        return new ClusterAccess
        {
            Server = cluster.Server,
            Origin = origin,
            Authorities = cluster.Authorities,
            TlsServerName = cluster.TlsServerName,
            InsecureSkipTlsVerify = cluster.InsecureSkipTlsVerify,
            DisableCompression = cluster.DisableCompression,
            Proxy = cluster.Proxy ?? EnvironmentProxy.For(cluster.Server, environment),
            Credentials = Credentials.Given(overrides) ?? (user is null ? Credentials.None : ReadCredentials(user, cluster)),
            Impersonation = Impersonation.Read(user, overrides),
            RequestTimeout = overrides.RequestTimeout,
            Namespace = @namespace,
        };
    }

    private Credentials ReadCredentials(YamlSection user, ClusterSettings cluster)
    {
        var client = ReadClientCertificate(user);
        var tokens = user.Text("token") is not null || user.Text("tokenFile") is not null;
        var (name, password) = (user.Text("username"), user.Text("password"));
        if (new[] { tokens, name is not null, user.Has("exec") }.Count(method => method) > 1)
            throw user.Error("more than one of token, username and exec; only one is allowed");

        // The file wins over the text, which would never be renewed.
        if (user.FilePath("tokenFile") is { } file)
            return Credentials.TokenFile(file, client);
        if (user.Text("token") is { } token)
            return Credentials.Token(Credentials.CheckToken(token, user.Error), Where(user), client);
        if (name is not null)
            return Credentials.Basic(name, password ?? "", Where(user), client);
        if (user.Has("exec"))
            return ExecPlugin.Read(user.Section("exec", user.Name + ", exec"), cluster, client, environment, time, pluginLimit);
        return client is null ? Credentials.None : Credentials.Certificate(client);
    }

    private static ClientIdentity? ReadClientCertificate(YamlSection user)
    {
        var certificate = user.Data("client-certificate-data") ?? Read("client-certificate");
        var key = user.Data("client-key-data") ?? Read("client-key");
        return (certificate, key) switch
        {
            (null, null) => null,
            (not null, not null) => ClientIdentity.Read(certificate, key, Where(user)),
            _ => throw user.Error("client-certificate and client-key go together; one is missing"),
        };

        string? Read(string field) => user.FilePath(field) is { } file ? Files.Read(file, field) : null;
    }

    private static string Where(YamlSection user) => $"kubeconfig {user.File}, {ApiFault.OneLine(user.Name)}";
}
