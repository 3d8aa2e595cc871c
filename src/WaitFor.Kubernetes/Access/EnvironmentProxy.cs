using System.Net;

namespace WaitFor.Kubernetes.Access;

/// <summary>The proxy that the environment names, by the rules of kubectl (Go's): <c>HTTPS_PROXY</c> or <c>HTTP_PROXY</c> by the server's
/// scheme, and <c>NO_PROXY</c>
/// with names, suffixes, addresses and CIDR ranges, which the framework's own reading of these variables does not know.
/// <see href="https://pkg.go.dev/golang.org/x/net/http/httpproxy"/></summary>
internal static class EnvironmentProxy
{
    /// <summary>The proxy for a server; null for none. The loopback is never reached through one.</summary>
    /// <exception cref="AccessException">The variable holds no address.</exception>
    public static Uri? For(Uri server, Environment environment)
    {
        var name = server.Scheme == Uri.UriSchemeHttps ? "HTTPS_PROXY" : "HTTP_PROXY";
        var value = environment.Get(name) ?? environment.Get(name.ToLowerInvariant());
        if (value is null || server.IsLoopback || Excluded(server, environment.Get("NO_PROXY") ?? environment.Get("no_proxy") ?? ""))
            return null;
        var address = value.Contains("://", StringComparison.Ordinal) ? value : "http://" + value;
        return
            Uri.TryCreate(address, UriKind.Absolute, out var proxy)
            && proxy.Host.Length > 0
            && proxy.Scheme is "http" or "https" or "socks5"
            ? proxy
            // The value may carry a password.
            : throw new AccessException(
                $"{name} is not an address with http, https or socks5; correct it, or add the API server {server.Host} to NO_PROXY"
            );
    }

    private static bool Excluded(Uri server, string list) =>
        list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Any(entry => Matches(server, entry));

    private static bool Matches(Uri server, string entry)
    {
        if (entry == "*")
            return true;
        var host = server.IdnHost.TrimEnd('.');
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address))
        {
            return IPNetwork.TryParse(entry, out var range) ? range.Contains(address)
                : IPAddress.TryParse(entry.Trim('[', ']'), out var one) ? one.Equals(address)
                : IPEndPoint.TryParse(entry, out var endpoint) && endpoint.Address.Equals(address) && endpoint.Port == server.Port;
        }

        var colon = entry.LastIndexOf(':');
        if (colon >= 0 && entry[(colon + 1)..] != server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture))
            return false;
        var name = (colon >= 0 ? entry[..colon] : entry).TrimStart('*');
        // ".example.com" is for what is below it; "example.com" is for itself as well.
        return host.EndsWith(name.StartsWith('.') ? name : "." + name, StringComparison.OrdinalIgnoreCase)
            || host.Equals(name, StringComparison.OrdinalIgnoreCase);
    }
}
