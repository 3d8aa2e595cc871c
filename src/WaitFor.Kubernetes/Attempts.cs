using System.Net.Sockets;
using WaitFor.Kubernetes.Access;

namespace WaitFor.Kubernetes;

/// <summary>The connections that are being made, and how far each has come.</summary>
internal sealed class Attempts(ClusterAccess access)
{
    private readonly Lock _lock = new();
    private readonly List<Attempt> _attempts = [];

    private bool _made;

    /// <summary>How far the connection for this request has come; null once it is made.</summary>
    public string? StageOf(HttpRequestMessage request)
    {
        lock (_lock)
        {
            // The connection to a proxy is made for a request of the framework's own.
            var attempt = _attempts.FindLast(attempt => attempt.Request == request)
                ?? _attempts.FindLast(attempt => attempt.Request.Method == HttpMethod.Connect);
            return attempt?.Stage ?? (_made ? null : $"connecting to {access.Server.Authority}");
        }
    }

    /// <summary>A connection is begun.</summary>
    public Attempt Begin(HttpRequestMessage request, string stage)
    {
        var attempt = new Attempt(this, request, stage);
        lock (_lock)
            _attempts.Add(attempt);
        return attempt;
    }

    /// <summary>The connection for a request is made, TLS included.</summary>
    public void Made(HttpRequestMessage request)
    {
        lock (_lock)
        {
            if (request.Method == HttpMethod.Connect)
                return;
            _made = true;
            // The tunnel, too, has then done its duty.
            _attempts.RemoveAll(attempt => attempt.Request == request || attempt.Request.Method == HttpMethod.Connect);
        }
    }

    /// <summary>One connection that is being made.</summary>
    internal sealed class Attempt(Attempts attempts, HttpRequestMessage request, string stage) : IDisposable
    {
        private string _stage = stage;

        public HttpRequestMessage Request => request;

        public string Stage
        {
            get => Volatile.Read(ref _stage);
            set => Volatile.Write(ref _stage, value);
        }

        /// <summary>The socket is connected; what follows is the framework's work, which ends with <see cref="Made"/> or with the
        /// stream's end.</summary>
        /// <param name="socket">The socket.</param>
        /// <param name="host">The host that it is connected to, with its port.</param>
        public Stream Connected(Socket socket, string host)
        {
            Stage = attempts.AfterConnect(host);
            return new Connection(socket, this);
        }

        public void Dispose()
        {
            lock (attempts._lock)
                attempts._attempts.Remove(this);
        }
    }

    private string AfterConnect(string host) =>
        access.Proxy is null ? $"TLS handshake with {host}" : $"connecting to {access.Server.Authority} through the proxy {host}";

    /// <summary>Ends the attempt with the connection.</summary>
    private sealed class Connection(Socket socket, Attempt attempt) : NetworkStream(socket, ownsSocket: true)
    {
        protected override void Dispose(bool disposing)
        {
            attempt.Dispose();
            base.Dispose(disposing);
        }
    }
}
