using System.CommandLine;
using System.Globalization;
using WaitFor.Kubernetes.Access;
using WaitFor.Process;

namespace WaitFor.CommandLine;

/// <summary>kubectl's own flags that say which server is asked, and as whom.
/// <see href="https://kubernetes.io/docs/reference/kubectl/generated/kubectl_options/"/></summary>
internal sealed class AccessFlags
{
    private readonly Option<string> _server = new("--server", "-s");
    private readonly Option<string> _token = new("--token");
    private readonly Option<string> _authority = new("--certificate-authority");
    private readonly Option<bool> _insecure = new("--insecure-skip-tls-verify");
    private readonly Option<string> _serverName = new("--tls-server-name");
    private readonly Option<string> _cluster = new("--cluster");
    private readonly Option<string> _user = new("--user");
    private readonly Option<string> _as = new("--as");
    private readonly Option<string[]> _asGroup = new("--as-group");
    private readonly Option<string> _asUid = new("--as-uid");
    private readonly Option<string> _requestTimeout = new("--request-timeout");

    /// <summary>The flags, in the order of the help.</summary>
    public IEnumerable<Option> All =>
        [_cluster, _user, _server, _token, _authority, _insecure, _serverName, _as, _asGroup, _asUid, _requestTimeout];

    /// <summary>Reads and checks them.</summary>
    /// <param name="command">Where their values are.</param>
    /// <exception cref="UsageException">A value is wrong.</exception>
    public AccessOverrides Read(GateCommand command)
    {
        var overrides = new AccessOverrides
        {
            Server = command.NotEmpty(_server, "write the address of the API server, such as https://HOST:6443"),
            Token = command.NotEmpty(_token, "write a bearer token"),
            CertificateAuthority = command.NotEmpty(_authority, "write the path of a PEM file"),
            InsecureSkipTlsVerify = command.Flag(_insecure),
            TlsServerName = command.NotEmpty(_serverName, "write a host name"),
            Cluster = command.NotEmpty(_cluster, "write the name of a cluster of the kubeconfig"),
            User = command.NotEmpty(_user, "write the name of a user of the kubeconfig"),
            As = command.NotEmpty(_as, "write the name of a user to impersonate"),
            AsGroups = [.. command.Texts(_asGroup)],
            AsUid = command.NotEmpty(_asUid, "write the UID of the user to impersonate"),
            RequestTimeout = ReadRequestTimeout(command),
        };
        return overrides is { CertificateAuthority: not null, InsecureSkipTlsVerify: true }
            ? throw new UsageException("--certificate-authority and --insecure-skip-tls-verify cannot be combined; remove one")
            : overrides;
    }

    /// <summary>A duration, or as in kubectl a whole number of seconds; 0 for no limit.</summary>
    private TimeSpan? ReadRequestTimeout(GateCommand command)
    {
        if (command.Text(_requestTimeout) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return seconds == 0 ? null : TimeSpan.FromSeconds(seconds);
        if (!GoDuration.TryParse(text, out var duration, out var reason))
            throw command.Wrong(_requestTimeout, text, reason!);
        return duration == TimeSpan.Zero ? null : duration;
    }
}
