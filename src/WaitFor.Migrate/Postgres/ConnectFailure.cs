using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using WaitFor.Process;

namespace WaitFor.Migrate.Postgres;

/// <summary>Why an attempt to connect failed.</summary>
/// <param name="What">What happened, without the server's name.</param>
/// <param name="Next">What to do; null where <paramref name="What"/> says it.</param>
/// <param name="MayPass">A later try may succeed.</param>
/// <param name="Cause">The exception.</param>
internal sealed record ConnectFailure(string What, string? Next, bool MayPass, Exception Cause)
{
    private const string ToDirect = "a connection pooler does not take it: connect to the server itself (--direct-url), or leave it out";

    /// <summary>Bytes; the longest path that the system takes for a socket.</summary>
    private const int LongestSocket = 107;

    /// <summary>The next server of several may be tried: the login at this one was not refused.</summary>
    public bool AllowsNext => MayPass || IsReplica;

    /// <summary>The server is a replica, or read-only, and that is all that is wrong with it.</summary>
    public bool IsReplica { get; private init; }

    /// <summary>The server's certificate was refused.</summary>
    public bool IsTrust { get; private init; }

    /// <summary>A replica, where a primary is asked for: another server of the list may be the primary.</summary>
    public static ConnectFailure Replica(string why) =>
        new($"is {why}", null, MayPass: false, new NpgsqlException(why)) { IsReplica = true };

    /// <summary>Classifies what Npgsql threw. A broken certificate is not looked at closer here.</summary>
    /// <param name="exception">What it threw.</param>
    /// <param name="settings">What was asked for.</param>
    /// <param name="server">Where.</param>
    /// <param name="stage">How far it came.</param>
    /// <param name="limit">How long it could take.</param>
    public static ConnectFailure Of(Exception exception, ServerSettings settings, ServerAddress server, ConnectStage stage, TimeSpan limit)
    {
        if (exception is PostgresException refused)
            return Refused(refused, settings);
        if (Find<TimeoutException>(exception) is not null || exception is OperationCanceledException)
            return new(
                $"waited {GoDuration.Format(TimeSpan.FromSeconds(Math.Ceiling(limit.TotalSeconds)))} without success for {stage.Waiting}",
                stage.Next,
                MayPass: true,
                exception
            );
        // In TLS 1.3 the server looks at the certificate after the handshake. What it says may be lost; then it may have ended as well.
        if (
            stage.HadTls
            && settings.Driver.SslCertificate is { } certificate
            && Find<IOException>(exception) is not null and not FileNotFoundException
        )
            return new(
                Find<CryptographicException>(exception) is { } alert
                    ? $"the server refused the client certificate {certificate}: {alert.Message[(alert.Message.LastIndexOf(':') + 1)..]}"
                    : $"the server broke off the connection after TLS: it may not trust the client certificate {certificate}",
                "check sslcert, its CA and its chain, and the server's ssl_ca_file and log",
                Find<CryptographicException>(exception) is null,
                exception
            );
        if ((Find<CryptographicException>(exception) ?? Files(exception)) is { } file)
            return ClientCertificate.Fault(settings.Driver) is { } fault
                ? new($"TLS: {fault}", null, MayPass: false, exception)
                : Final(
                    $"TLS: {file.Message.TrimEnd('.')}",
                    $"correct {TlsFiles(settings)}: PEM files that this user can read",
                    exception
                );
        if (Find<AuthenticationException>(exception) is { } trust)
            return Final(
                trust.InnerException is null
                    ? "the server's certificate is not trusted"
                    : $"the TLS handshake failed: {trust.InnerException.Message.TrimEnd('.')}",
                trust.InnerException is null
                    ? "give the server's CA with sslrootcert"
                    : "check the TLS versions and the client certificate",
                exception
            ) with
            {
                IsTrust = trust.InnerException is null,
            };
        if (Words(exception, settings, server) is { } words)
            return words with { Cause = exception };
        if (!stage.Connected)
            return Unreachable(exception, server);
        if (Broken(exception) is { } broken)
            return new($"{broken} {stage.During}", "check that PostgreSQL listens on this port, and its log", MayPass: true, exception);
        return exception is NpgsqlException
            ? new(exception.Message.TrimEnd('.'), "check the server's health and its log", MayPass: true, exception)
            : Final($"{exception.Message.TrimEnd('.')}", "check that a PostgreSQL server listens on this port", exception);
    }

    /// <summary>The server wants a password, and there is none.</summary>
    public static bool AsksForPassword(Exception exception) =>
        exception.Message.StartsWith("No password has been provided", StringComparison.Ordinal);

    /// <summary>How an established connection broke, such as <c>the server closed the connection</c>; null where it did not.</summary>
    public static string? Broken(Exception exception) =>
        Find<SocketException>(exception) is { } socket ? $"the connection broke ({Lower(socket.Message)})"
        : Find<IOException>(exception) is not null ? "the server closed the connection"
        : null;

    /// <summary>What Npgsql says in words of its own, which name its own settings.</summary>
    private static ConnectFailure? Words(Exception exception, ServerSettings settings, ServerAddress server)
    {
        var message = exception.Message;
        var none = new InvalidOperationException();
        if (AsksForPassword(exception))
            return Final(
                "the server asks for a password, and none is given" + (server.WhyNoPassword is { } why ? $" ({why})" : ""),
                "put it into the URL, or set FLYWAY_PASSWORD or PGPASSWORD (each also as ..._FILE)",
                none
            );
        if (message.StartsWith("SSL connection requested", StringComparison.Ordinal))
            return Final(
                "the server does not offer TLS, and sslmode asks for it",
                "turn TLS on at the server (ssl = on), or set sslmode=prefer",
                none
            );
        if (message.StartsWith("Received unknown response E", StringComparison.Ordinal))
            return new("the server answered with an error before TLS", "check its log: it may be full or starting", MayPass: true, none);
        if (message.StartsWith("Received unknown response", StringComparison.Ordinal))
            return Final("the program that answers is not a PostgreSQL server", "correct host and port", none);
        if (message.Contains("authentication method is not allowed", StringComparison.Ordinal))
            return settings.Driver.ChannelBinding == ChannelBinding.Require
                ? Final(
                    "channel_binding=require is not possible: the server asks for another login than scram-sha-256, or for none",
                    "correct pg_hba.conf on the server, or leave channel_binding out",
                    none
                )
                : Final(
                "the server asks for a login that require_auth excludes",
                "correct require_auth, or pg_hba.conf on the server",
                none
            );
        if (message.Contains("SCRAM-SHA-256-PLUS", StringComparison.Ordinal))
            return Final(
                "channel_binding=require is not possible: it needs TLS, and a password of scram-sha-256",
                "add sslmode=require",
                none
            );
        return message.StartsWith("Authentication method not supported", StringComparison.Ordinal)
            ? Final("the server asks for a login that migrate does not know", "allow scram-sha-256 in pg_hba.conf on the server", none)
            : null;
    }

    private static ConnectFailure Unreachable(Exception exception, ServerAddress server)
    {
        if (server.IsSocket && Encoding.UTF8.GetByteCount(server.Name) > LongestSocket)
            return Final($"the path of the socket is longer than {LongestSocket} bytes", "use a folder with a shorter path", exception);
        if (Find<SocketException>(exception) is not { } socket)
            return new(exception.Message.TrimEnd('.'), "check the address", MayPass: true, exception);
        var (what, next) = socket.SocketErrorCode switch
        {
            SocketError.HostNotFound or SocketError.NoData => (
                $"the host name {server.Host} is not known",
                Unreplaced(server.Host) ?? "correct it (a Service of another namespace is NAME.NAMESPACE), and check the cluster's DNS"
            ),
            SocketError.TryAgain => ($"the host name {server.Host} cannot be looked up now", "check the cluster's DNS"),
            SocketError.AccessDenied => ("permission denied", "give this user access to the socket, and to its folder"),
            _ when server.IsSocket && server.Host[0] == '/' && !File.Exists(server.Name) => (
                "there is no such socket",
                "mount its folder, and check unix_socket_directories and the port of the server"
            ),
            SocketError.ConnectionRefused => ("connection refused", "check host and port, and that the server runs"),
            _ => (Lower(socket.Message), "check the address, network policies and the server's health"),
        };
        return new(what, next, MayPass: true, exception);
    }

    private static ConnectFailure Refused(PostgresException refused, ServerSettings settings)
    {
        var text = refused.MessageText;
        var next = refused.SqlState switch
        {
            "28P01" or "28000" when Unreplaced(settings.Username) is { } hint => hint,
            "3D000" when Unreplaced(settings.Database) is { } hint => hint,
            "28P01" => "correct user and password",
            "28000" when text.Contains("certificate", StringComparison.Ordinal) => "give sslcert and sslkey",
            "28000" when text.Contains("no encryption", StringComparison.Ordinal) && settings.Driver.SslMode == SslMode.Disable =>
                "the server may want TLS: set sslmode=require, or correct pg_hba.conf on the server",
            "28000" when text.StartsWith("role ", StringComparison.Ordinal) => "create the role, or correct the user",
            "28000" => "check the user, and pg_hba.conf on the server",
            "3D000" => "create the database, or correct its name",
            "42501" => "grant the user CONNECT on the database",
            "53300" => "end idle connections, or raise max_connections (of the server, the role or the database)",
            "57P03" or "57P01" or "57P02" => "wait until the server runs",
            "08P01" when text.Contains("startup parameter", StringComparison.Ordinal) => ToDirect,
            "42704" or "22023" => "correct options and search_path of the connection",
            _ => null,
        };
        return new(
            $"{text} (SQLSTATE {refused.SqlState})",
            next,
            !SqlStates.IsRefusal(refused.SqlState) && SqlStates.IsPassing(refused.SqlState),
            refused
        );
    }

    /// <summary>What a name shows that was to be replaced before the program started.</summary>
    private static string? Unreplaced(string name) =>
        name.Contains("$(", StringComparison.Ordinal) || name.Contains("${", StringComparison.Ordinal)
            ? "Kubernetes replaces $(NAME) only where the variable NAME is defined before it in the container, and never ${NAME}"
            : null;

    private static ConnectFailure Final(string what, string next, Exception cause) => new(what, next, MayPass: false, cause);

    private static Exception? Files(Exception exception) =>
        Find<FileNotFoundException>(exception)
        ?? (Exception?)Find<DirectoryNotFoundException>(exception)
        ?? Find<UnauthorizedAccessException>(exception);

    private static string TlsFiles(ServerSettings settings)
    {
        var files = new List<string>();
        Add("sslrootcert", settings.Driver.RootCertificate);
        Add("sslcert", settings.Driver.SslCertificate);
        Add("sslkey", settings.Driver.SslKey);
        return files.Count == 0 ? "the files in ~/.postgresql" : string.Join(", ", files);

        void Add(string name, string? path)
        {
            if (path is not null)
                files.Add($"{name} ({path})");
        }
    }

    private static T? Find<T>(Exception exception)
        where T : Exception
    {
        for (var at = exception; at is not null; at = at.InnerException)
        {
            if (at is T found)
                return found;
        }

        return null;
    }

    /// <summary>"Network is unreachable" as the rest of a sentence.</summary>
    private static string Lower(string text) => text.Length == 0 ? text : char.ToLowerInvariant(text[0]) + text[1..].TrimEnd('.');
}
