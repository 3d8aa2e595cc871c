using System.Globalization;
using WaitFor.Kubernetes.Access;
using WaitFor.Process;

namespace WaitFor.CommandLine;

/// <summary>kubectl's own flags that say which server is asked, and as whom.
/// <see href="https://kubernetes.io/docs/reference/kubectl/generated/kubectl_options/"/></summary>
internal static class AccessFlags
{
    /// <summary>Reads and checks them.</summary>
    /// <param name="command">Where their values are.</param>
    /// <exception cref="UsageException">A value is wrong.</exception>
    public static AccessOverrides Read(GateCommand command)
    {
        var overrides = new AccessOverrides
        {
            Server = command.NotEmpty("--server", "write the address of the API server, such as https://HOST:6443"),
            Token = command.NotEmpty("--token", "write a bearer token"),
            CertificateAuthority = command.NotEmpty("--certificate-authority", "write the path of a PEM file"),
            InsecureSkipTlsVerify = command.Flag("--insecure-skip-tls-verify"),
            TlsServerName = command.NotEmpty("--tls-server-name", "write a host name"),
            Cluster = command.NotEmpty("--cluster", "write the name of a cluster of the kubeconfig"),
            User = command.NotEmpty("--user", "write the name of a user of the kubeconfig"),
            As = command.NotEmpty("--as", "write the name of a user to impersonate"),
            AsGroups = [.. command.Texts("--as-group")],
            AsUid = command.NotEmpty("--as-uid", "write the UID of the user to impersonate"),
            RequestTimeout = ReadRequestTimeout(command),
        };
        return overrides is { CertificateAuthority: not null, InsecureSkipTlsVerify: true }
            ? throw new UsageException("--certificate-authority and --insecure-skip-tls-verify cannot be combined; remove one")
            : overrides;
    }

    /// <summary>A duration, or as in kubectl a whole number of seconds; 0 for no limit.</summary>
    private static TimeSpan? ReadRequestTimeout(GateCommand command)
    {
        if (command.Text("--request-timeout") is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return seconds == 0 ? null : TimeSpan.FromSeconds(seconds);
        if (!GoDuration.TryParse(text, out var duration, out var reason))
            throw command.Wrong("--request-timeout", text, reason!);
        return duration == TimeSpan.Zero ? null : duration;
    }
}
