using System.Security.Cryptography.X509Certificates;

namespace WaitFor.Kubernetes.Access;

/// <summary>Makes the access of one context of a kubeconfig. A field that is not known is an error that names it: what it asks for would
/// silently not happen.
/// <see href="https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/"/></summary>
internal sealed class KubeconfigAccess(Environment environment, TimeProvider time, TimeSpan pluginLimit)
{
    private static readonly string[] KnownOfCluster =
    [
        "server",
        "certificate-authority",
        "certificate-authority-data",
        "tls-server-name",
        "insecure-skip-tls-verify",
        "proxy-url",
        "disable-compression",
        "extensions",
    ];

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
        "extensions",
    ];

    private static readonly string[] KnownOfContext = ["cluster", "user", "namespace", "extensions"];

    /// <exception cref="AccessException">The context is not there, or cannot be used.</exception>
    public ClusterAccess Build(Kubeconfig config, string? contextName)
    {
        contextName ??= config.CurrentContext
            ?? throw new AccessException(
                $"kubeconfig {config.Origin} has no current-context: choose one with --context ({string.Join(", ", config.Contexts.Order(StringComparer.Ordinal).Select(ApiFault.OneLine))})"
            );
        var context = config.Context(contextName);
        Known(context, KnownOfContext);
        var cluster = config.Cluster(context.Text("cluster") ?? throw context.Error("cluster is not set"));
        Known(cluster, KnownOfCluster);
        var user = context.Text("user") is { } name ? config.User(name) : null;
        if (user is not null)
            Known(user, KnownOfUser);

        var server = Address(cluster, "server", "https", "http") ?? throw cluster.Error("server is not set");
        if (server.UserInfo.Length + server.Query.Length + server.Fragment.Length > 0)
            throw cluster.Error("server must be an address without user, query and fragment; credentials belong into the user");
        var tlsServerName = cluster.Text("tls-server-name");
        if (tlsServerName is not null && Uri.CheckHostName(tlsServerName) is UriHostNameType.Unknown or UriHostNameType.Basic)
            throw cluster.Error($"tls-server-name \"{ApiFault.OneLine(tlsServerName)}\" is no host name");
        var insecure = cluster.Flag("insecure-skip-tls-verify");
        var authorities = ReadAuthorities(cluster);
        if (insecure && authorities is not null)
            throw cluster.Error("certificate-authority and insecure-skip-tls-verify exclude each other; remove one");
        return new ClusterAccess
        {
            Server = server,
            Origin = $"context {ApiFault.OneLine(contextName)} of {config.Origin}",
            Authorities = authorities,
            TlsServerName = tlsServerName,
            InsecureSkipTlsVerify = insecure,
            Proxy = Address(cluster, "proxy-url", "http", "https", "socks5") ?? EnvironmentProxy.For(server, environment),
            Credentials = user is null ? Credentials.None : ReadCredentials(user, cluster),
            // As kubectl: a context without a namespace means "default".
            Namespace = context.Text("namespace") ?? "default",
        };
    }

    private static void Known(YamlSection section, string[] known)
    {
        if (section.Fields.FirstOrDefault(field => !known.Contains(field, StringComparer.Ordinal) && section.Has(field)) is { } unknown)
        {
            throw section.Error(
                unknown switch
                {
                    "auth-provider" => "auth-provider is not supported (Kubernetes removed it in 1.26); use an exec plugin",
                    _ => $"the field {ApiFault.OneLine(unknown)} is not supported; remove it or choose another context",
                }
            );
        }
    }

    private static Uri? Address(YamlSection section, string field, params string[] schemes)
    {
        if (section.Text(field) is not { } text)
            return null;
        // kubectl takes a bare host, for a server only.
        var full = field != "server" || text.Contains("://", StringComparison.Ordinal) ? text : "https://" + text;
        return
            Uri.TryCreate(full, UriKind.Absolute, out var uri)
            && schemes.Contains(uri.Scheme, StringComparer.Ordinal)
            && uri.Host.Length > 0
            ? uri
            // The text may carry a password.
            : throw section.Error($"{field} is not an address with {string.Join(", ", schemes)}");
    }

    private static Authorities? ReadAuthorities(YamlSection cluster)
    {
        // Data wins over the file, as in kubectl.
        if (cluster.Data("certificate-authority-data") is { } pem)
            return Authorities.FromData(pem, $"kubeconfig {cluster.File}, {ApiFault.OneLine(cluster.Name)}: certificate-authority-data");
        return cluster.FilePath("certificate-authority") is { } file ? Authorities.Read(file) : null;
    }

    private Credentials ReadCredentials(YamlSection user, YamlSection cluster)
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
            return Credentials.Token(Credentials.CheckToken(token, user.Error), client);
        if (name is not null)
            return Credentials.Basic(name, password ?? "", client);
        if (user.Has("exec"))
            return ExecPlugin.Read(user.Section("exec", user.Name + ", exec"), cluster, client, environment, time, pluginLimit);
        return client is null ? Credentials.None : Credentials.Certificate(client);
    }

    private static X509Certificate2? ReadClientCertificate(YamlSection user)
    {
        var certificate = user.Data("client-certificate-data") ?? Read("client-certificate");
        var key = user.Data("client-key-data") ?? Read("client-key");
        return (certificate, key) switch
        {
            (null, null) => null,
            (not null, not null) => Credentials.ReadCertificate(certificate, key, $"kubeconfig {user.File}, {ApiFault.OneLine(user.Name)}"),
            _ => throw user.Error("client-certificate and client-key go together; one is missing"),
        };

        string? Read(string field) => user.FilePath(field) is { } file ? Files.Read(file, field) : null;
    }
}
