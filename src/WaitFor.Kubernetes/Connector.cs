using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using WaitFor.Kubernetes.Access;

namespace WaitFor.Kubernetes;

/// <summary>Makes the connections to one server: trust, client certificate, proxy and keep-alive are fixed for its life.</summary>
internal sealed class Connector : IDisposable
{
    private readonly ClusterAccess _access;
    private readonly HttpMessageHandler _handler;
    private readonly TimeProvider _time;
    private readonly Attempts _attempts;

    public Connector(ClusterAccess access, ClientIdentity? clientCertificate, TimeProvider time, HttpMessageHandler? transport)
    {
        _access = access;
        _time = time;
        _attempts = new Attempts(access);
        ClientCertificate = clientCertificate;
        if (access.NeedsHostStore)
            HostStore.Need();
        else
            HostStore.LeaveUnread();
        _handler = transport
            ?? new SocketsHttpHandler
            {
                // An answer that points elsewhere is not the API server's; the token must not follow it.
                AllowAutoRedirect = false,
                UseCookies = false,
                ActivityHeadersPropagator = null,
                AutomaticDecompression = access.DisableCompression ? DecompressionMethods.None : DecompressionMethods.GZip,
                // A user or group that is impersonated may have any name.
                RequestHeaderEncodingSelector = static (_, _) => System.Text.Encoding.UTF8,
                // A request that gives up earlier leaves its attempt to connect behind; this ends it.
                ConnectTimeout = TimeSpan.FromSeconds(30),
                UseProxy = access.Proxy is not null,
                Proxy = access.Proxy is null ? null : new OneProxy(access.Proxy),
                ConnectCallback = ConnectAsync,
                PlaintextStreamFilter = (context, _) =>
                {
                    _attempts.Made(context.InitialRequestMessage);
                    return ValueTask.FromResult(
                        access.Impersonation is null ? context.PlaintextStream : new RepeatedHeaders(context.PlaintextStream)
                    );
                },
                SslOptions = Tls(),
            };
        Http = new HttpMessageInvoker(_handler, disposeHandler: false);
    }

    public HttpMessageInvoker Http { get; }

    public ClientIdentity? ClientCertificate { get; }

    /// <summary>Why the last certificate was rejected: what was expected and what came; null when none was.</summary>
    public string? RejectedCertificate { get; private set; }

    /// <summary>How far the connection for this request has come; null once it is made.</summary>
    public string? StageOf(HttpRequestMessage request) => _attempts.StageOf(request);

    public void Dispose()
    {
        Http.Dispose();
        _handler.Dispose();
    }

    /// <summary>Tries the host's addresses one after the other, each with its own socket: one that carries options cannot be used
    /// again after a failure.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var name = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";
        var literal = IPAddress.TryParse(host, out var parsed) ? parsed : null;
        var attempt = _attempts.Begin(context.InitialRequestMessage, literal is null ? $"looking up {host}" : $"connecting to {name}");
        try
        {
            var addresses = literal is null ? await Dns.GetHostAddressesAsync(host, cancel) : [literal];
            if (addresses.Length == 0)
                throw new SocketException((int)SocketError.HostNotFound);
            for (var index = 0; ; index++)
            {
                attempt.Stage = literal is null ? $"connecting to {name} ({addresses[index]})" : $"connecting to {name}";
                // One that swallows everything must not use up the time of the others.
                using var limit = index == addresses.Length - 1 ? null : new CancellationTokenSource(TimeSpan.FromSeconds(5), _time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit?.Token ?? CancellationToken.None);
                try
                {
                    return attempt.Connected(await ConnectAsync(new IPEndPoint(addresses[index], port), either.Token), name);
                }
                catch (Exception exception)
                    when (limit is not null
                        && (exception is SocketException || (exception is OperationCanceledException && !cancel.IsCancellationRequested))
                    )
                {
                    // The next address may answer.
                }
            }
        }
        catch
        {
            attempt.Dispose();
            throw;
        }
    }

    /// <summary>A peer that vanished without a word (a node lost, a firewall that forgot us) is noticed after 15 s and three probes 5 s
    /// apart.</summary>
    private static async ValueTask<Socket> ConnectAsync(IPEndPoint address, CancellationToken cancel)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 15);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            await socket.ConnectAsync(address, cancel);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private SslClientAuthenticationOptions Tls()
    {
        var options = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = Accept,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        // With the certificates between it and the root: the server may trust the root alone. Offline: nothing is downloaded for them.
        if (ClientCertificate is { } client)
            options.ClientCertificateContext = SslStreamCertificateContext.Create(client.Certificate, client.Others, offline: true);
        if (_access.Authorities is { } authorities)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities.Certificates);
        }

        return options;
    }

    private bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        RejectedCertificate = null;
        if (
            errors == SslPolicyErrors.None
            || _access.InsecureSkipTlsVerify
            || (errors == SslPolicyErrors.RemoteCertificateChainErrors && IsAnchored(chain))
        )
            return true;
        RejectedCertificate = Explain(certificate as X509Certificate2, chain, errors);
        return false;
    }

    /// <summary>As in kubectl, each given certificate is an anchor, be it a root or not (an intermediate authority, or the server's own
    /// certificate). Where the chain has no other
    /// fault than that it ends before a root, all signatures up to its last certificate were verified; that one has to be given.</summary>
    private bool IsAnchored(X509Chain? chain) =>
        _access.Authorities is { } authorities
        && chain is { ChainStatus.Length: > 0, ChainElements: [.., var last] }
        && chain.ChainStatus.All(status => status.Status == X509ChainStatusFlags.PartialChain)
        && authorities.Certificates.Any(given => given.RawDataMemory.Span.SequenceEqual(last.Certificate.RawDataMemory.Span));

    private string Explain(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
            return $"{_access.Server.Authority} sent no certificate";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            var names = certificate
                .Extensions.OfType<X509SubjectAlternativeNameExtension>()
                .SelectMany(extension =>
                    extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => address.ToString()))
                );
            return $"the certificate of {_access.Server.Authority} is not for {_access.TlsServerName ?? _access.Server.Host}: it is for "
                + $"{string.Join(", ", names)}; use one of these as the address, or set tls-server-name";
        }

        if (
            chain?.ChainElements.FirstOrDefault(element =>
                element.ChainElementStatus.Any(status => status.Status == X509ChainStatusFlags.NotTimeValid)
            ) is
            { Certificate: { } stale }
        )
        {
            var (from, until) = (stale.NotBefore.ToUniversalTime(), stale.NotAfter.ToUniversalTime());
            var when =
                until < chain.ChainPolicy.VerificationTime.ToUniversalTime()
                    ? $"expired at {until:yyyy-MM-dd HH:mm:ss}Z"
                    : $"is not valid before {from:yyyy-MM-dd HH:mm:ss}Z";
            return $"the certificate {stale.Subject} of {_access.Server.Authority} {when}; renew it on the API server, or correct the "
                + "clock";
        }

        var reasons = string.Join(
            "; ",
            (chain?.ChainStatus ?? []).Select(status => status.StatusInformation.Trim()).Distinct(StringComparer.Ordinal)
        );
        var expected = _access.Authorities is { } authorities
            ? $"{authorities.Origin} ({Some([.. authorities.Certificates.Select(authority => authority.Subject)])})"
            : "the host's authorities";
        return $"the certificate of {_access.Server.Authority} is not trusted: {reasons}; expected one that is signed by {expected}, got "
            + $"{certificate.Subject} signed by {certificate.Issuer}, valid until "
            + $"{certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm:ss}Z; give the CA of this API server "
            + "(certificate-authority in the kubeconfig, or --certificate-authority FILE)";
    }

    /// <summary>A bundle of a hundred authorities must not push what follows out of the line.</summary>
    private static string Some(IReadOnlyList<string> subjects) =>
        string.Join(", ", subjects.Take(3))
        + (subjects.Count > 3 ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $" and {subjects.Count - 3} more") : "");

    /// <summary>One proxy for everything. The framework's own class knows lists of exceptions, for which it brings the whole regular
    /// expression engine.</summary>
    private sealed class OneProxy(Uri address) : IWebProxy
    {
        /// <summary>Name and password of the address, if it has them.</summary>
        public ICredentials? Credentials { get; set; } =
            address.UserInfo.Split(':', 2) is [{ Length: > 0 } user, var password]
                ? new NetworkCredential(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password))
                : null;

        /// <summary>Without the password, which would stand in the text of every failure.</summary>
        public Uri GetProxy(Uri destination) => new UriBuilder(address) { UserName = "", Password = "" }.Uri;

        public bool IsBypassed(Uri host) => false;
    }
}
