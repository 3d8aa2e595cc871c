using System.Net;
using Microsoft.Extensions.Logging;

namespace WaitFor.Migrate.Postgres;

/// <summary>How far an attempt to connect has come, and what it waits for. Npgsql says so in its log only, at the level trace; nothing of
/// that log is kept or shown.</summary>
internal sealed class ConnectStage(ServerAddress server) : ILoggerFactory, ILogger
{
    private const string Attempt = "Attempting to connect to ";

    private string _target = server.IsSocket ? server.Name : server.Address ?? server.Host;
    private Step _step = server.IsSocket || IPAddress.TryParse(server.Address ?? server.Host, out _) ? Step.Connect : Step.Name;

    private enum Step
    {
        Name,
        Connect,
        Answer,
        Tls,
        Login,
        Query,
        Done,
    }

    /// <summary>The attempt had TLS at some time, if not at its end.</summary>
    public bool HadTls { get; private set; }

    /// <summary>The server was reached.</summary>
    public bool Connected => _step > Step.Connect;

    /// <summary>What the connection waits for, such as <c>the TLS handshake</c>.</summary>
    public string Waiting =>
        _step switch
        {
            Step.Name => $"the address of {_target} (DNS)",
            Step.Connect when server.IsSocket => "the connection to the socket",
            Step.Connect => $"the TCP connection to {_target}",
            // Whether TLS was declined meanwhile is not known.
            Step.Answer => "the server's answer",
            Step.Tls => "the TLS handshake",
            Step.Query => "the server's answer to the first query",
            _ => "the server's answer to the login",
        };

    /// <summary>When the server broke it off.</summary>
    public string During => _step == Step.Tls ? "during the TLS handshake" : "before the login was complete";

    /// <summary>What to look at where that does not come.</summary>
    public string Next =>
        _step switch
        {
            Step.Name => "check the name and the cluster's DNS",
            Step.Connect => "check the address, network policies and firewalls: packets are dropped, or the host is down",
            Step.Answer =>
                "something accepts connections there, but does not answer as PostgreSQL does: check the port and the server's load",
            _ => "check the server's load and its log",
        };

    /// <summary>The login succeeded, and a query was sent.</summary>
    public void Asks() => _step = Step.Query;

    /// <summary>The connection stands: what follows is not looked at.</summary>
    public void Done() => _step = Step.Done;

    ILogger ILoggerFactory.CreateLogger(string categoryName) => this;

    void ILoggerFactory.AddProvider(ILoggerProvider provider) { }

    void IDisposable.Dispose() { }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Trace && _step < Step.Query;

    void ILogger.Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (logLevel != LogLevel.Trace || _step >= Step.Query)
            return;
        var text = formatter(state, exception);
        if (text.StartsWith(Attempt, StringComparison.Ordinal))
            (_step, _target) = (Step.Connect, text[Attempt.Length..]);
        else if (text.StartsWith("Socket connected to", StringComparison.Ordinal))
            _step = Step.Answer;
        else if (text.StartsWith("Negotiating SSL", StringComparison.Ordinal))
            _step = Step.Tls;
        else if (text.StartsWith("SSL negotiation successful", StringComparison.Ordinal))
            (_step, HadTls) = (Step.Login, true);
    }
}
