using YamlDotNet.RepresentationModel;

namespace WaitFor.Kubernetes.Access;

/// <summary>The cluster of a kubeconfig together with the flags that change it, merged as kubectl does.
/// <see href="https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/#Cluster"/></summary>
internal sealed class ClusterSettings
{
    private static readonly string[] Known =
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

    private readonly YamlSection _section;

    /// <summary>Reads the settings; files too.</summary>
    /// <param name="section">The kubeconfig's cluster; an empty one where there is none.</param>
    /// <param name="overrides">The flags.</param>
    /// <exception cref="AccessException">A field or flag cannot be used: it is named.</exception>
    public ClusterSettings(YamlSection section, AccessOverrides overrides)
    {
        _section = section;
        section.OnlyHas(Known);
        (ServerText, var server) =
            overrides.Server is { } flag ? (flag, AddressOf(flag, reason => new AccessException($"--server {reason}")))
            : section.Text("server") is { } field ? (field, AddressOf(field, reason => section.Error($"server {reason}")))
            : throw section.Error("server is not set");
        Server = server;

        // As kubectl: another server is not expected to carry the name that the kubeconfig's server has.
        TlsServerName =
            overrides.Server is null && overrides.TlsServerName is null ? section.Text("tls-server-name") : overrides.TlsServerName;
        if (TlsServerName is { } name && Uri.CheckHostName(name) is UriHostNameType.Unknown or UriHostNameType.Basic)
        {
            var problem = $"\"{ApiFault.OneLine(name)}\" is not a host name";
            throw overrides.TlsServerName is null
                ? section.Error("tls-server-name " + problem)
                : new AccessException("--tls-server-name " + problem);
        }

        if (overrides.InsecureSkipTlsVerify && overrides.CertificateAuthority is not null)
            throw new AccessException("--certificate-authority and --insecure-skip-tls-verify cannot be combined; remove one");
        // As kubectl: either flag takes the place of both fields.
        if (overrides.InsecureSkipTlsVerify || overrides.CertificateAuthority is not null)
        {
            InsecureSkipTlsVerify = overrides.InsecureSkipTlsVerify;
            Authorities = overrides.CertificateAuthority is { } file ? Authorities.Read(file) : null;
        }
        else
        {
            InsecureSkipTlsVerify = section.Flag("insecure-skip-tls-verify");
            Authorities = ReadAuthorities(section);
            if (InsecureSkipTlsVerify && Authorities is not null)
                throw section.Error("certificate-authority and insecure-skip-tls-verify cannot be combined; remove one");
        }

        ProxyText = section.Text("proxy-url");
        Proxy = ProxyText is null ? null : ProxyOf(ProxyText, section);
        DisableCompression = section.Flag("disable-compression");
    }

    /// <summary>The server as it was written.</summary>
    public string ServerText { get; }

    public Uri Server { get; }

    public string? TlsServerName { get; }

    public bool InsecureSkipTlsVerify { get; }

    public Authorities? Authorities { get; }

    public string? ProxyText { get; }

    public Uri? Proxy { get; }

    public bool DisableCompression { get; }

    /// <summary>An exception that names the cluster.</summary>
    public AccessException Error(string reason) => _section.Error(reason);

    /// <summary>What the extension with this name says; null where there is none.</summary>
    public YamlNode? Extension(string name) =>
        _section.List("extensions").FirstOrDefault(extension => extension.Text("name") == name)?.Value("extension");

    /// <summary>An address with <c>https://</c> or <c>http://</c>; a bare host is taken as https, as in kubectl.</summary>
    internal static Uri AddressOf(string text, Func<string, AccessException> error)
    {
        var full = text.Contains("://", StringComparison.Ordinal) ? text : "https://" + text;
        if (!Uri.TryCreate(full, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.Host.Length == 0)
            // The text may carry a password.
            throw error("is not an address with https or http");
        return uri.UserInfo.Length + uri.Query.Length + uri.Fragment.Length == 0
            ? uri
            : throw error("must be an address without user, query and fragment; credentials belong into the user");
    }

    private static Uri ProxyOf(string text, YamlSection section) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "socks5" && uri.Host.Length > 0
            ? uri
            // The text may carry a password.
            : throw section.Error("proxy-url is not an address with http, https or socks5");

    private static Authorities? ReadAuthorities(YamlSection section)
    {
        // Data wins over the file, as in kubectl.
        if (section.Data("certificate-authority-data") is { } pem)
            return Authorities.FromData(pem, $"kubeconfig {section.File}, {ApiFault.OneLine(section.Name)}: certificate-authority-data");
        return section.FilePath("certificate-authority") is { } file ? Authorities.Read(file) : null;
    }
}
