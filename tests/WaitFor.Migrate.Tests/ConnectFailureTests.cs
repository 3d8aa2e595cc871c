using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using WaitFor.Migrate.Postgres;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests;

/// <summary>Each way in which a connection fails: what, which server, why, what to do, each once; and whether it is tried again.</summary>
public sealed class ConnectFailureTests
{
    private const string Lost = "check that PostgreSQL listens on this port, and its log";

    /// <summary>Name, parameters, what the server does, the message behind the server's name, and whether a later try may help.</summary>
    public static TheoryData<string, string, string, string, bool> Scripts =>
        new()
        {
            {
                "no TLS",
                "sslmode=require",
                "read;N",
                "the server does not offer TLS, and sslmode asks for it; turn TLS on at the server (ssl = on), or set sslmode=prefer",
                false
            },
            {
                "HTTP",
                "",
                "read;HTTP/1.1 400 Bad Request\r\n\r\n",
                "the program that answers is not a PostgreSQL server; correct host and port",
                false
            },
            { "closed at once", "sslmode=disable", "", $"the server closed the connection before the login was complete; {Lost}", true },
            {
                "closed after the first message",
                "",
                "read",
                $"the server closed the connection before the login was complete; {Lost}",
                true
            },
            { "closed after no TLS", "", "read;N;read", $"the server closed the connection before the login was complete; {Lost}", true },
            {
                "closed in the TLS handshake",
                "",
                "read;S;read",
                $"the server closed the connection during the TLS handshake; {Lost}",
                true
            },
            { "reset", "", "read;RESET", $"the connection broke (connection reset by peer) before the login was complete; {Lost}", true },
            {
                "an error in place of TLS",
                "",
                "read;E",
                "the server answered with an error before TLS; check its log: it may be full or starting",
                true
            },
            {
                "full",
                "sslmode=disable",
                "read;53300 sorry, too many clients already",
                "sorry, too many clients already (SQLSTATE 53300); "
                    + "end idle connections, or raise max_connections (of the server, the role or the database)",
                true
            },
            {
                "starting",
                "sslmode=disable",
                "read;57P03 the database system is starting up",
                "the database system is starting up (SQLSTATE 57P03); wait until the server runs",
                true
            },
            {
                "stopping",
                "sslmode=disable",
                "read;57P03 the database system is shutting down",
                "the database system is shutting down (SQLSTATE 57P03); wait until the server runs",
                true
            },
            {
                "pg_hba.conf",
                "sslmode=disable",
                "read;28000 no pg_hba.conf entry for host \"h\", user \"u\", database \"d\", no encryption",
                "no pg_hba.conf entry for host \"h\", user \"u\", database \"d\", no encryption "
                    + "(SQLSTATE 28000); the server may want TLS: set sslmode=require, or correct pg_hba.conf on the server",
                false
            },
            {
                "a role that does not exist",
                "sslmode=disable",
                "read;28000 role \"u\" does not exist",
                "role \"u\" does not exist (SQLSTATE 28000); create the role, or correct the user",
                false
            },
            {
                "a client certificate is missing",
                "sslmode=disable",
                "read;28000 connection requires a valid client certificate",
                "connection requires a valid client certificate (SQLSTATE 28000); give sslcert and sslkey",
                false
            },
            {
                "no right to connect",
                "sslmode=disable",
                "read;42501 permission denied for database \"d\"",
                "permission denied for database \"d\" (SQLSTATE 42501); grant the user CONNECT on the database",
                false
            },
            {
                "a pooler that does not take options",
                "sslmode=disable",
                "read;08P01 unsupported startup parameter: options",
                "unsupported startup parameter: options (SQLSTATE 08P01); "
                    + "a connection pooler does not take it: connect to the server itself (--direct-url), or leave it out",
                false
            },
            {
                "an unknown login",
                "sslmode=disable",
                "read;AUTH2",
                "the server asks for a login that migrate does not know; allow scram-sha-256 in pg_hba.conf on the server",
                false
            },
        };

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task A_failure_is_one_sentence(string what, string parameters, string script, string message, bool mayPass)
    {
        await using var server = new ScriptedServer(
            async (client, cancel) =>
            {
                await PlayAsync(client, script, cancel);
                await EndAsync(client, cancel);
            }
        );

        var exception = await FailAsync($"postgres://u:secret@127.0.0.1:{server.Port}/d?{parameters}");

        Assert.True(
            $"127.0.0.1:{server.Port}/d: {message}" == exception.Message,
            $"{what}: {exception.Message}\n{exception.InnerException}"
        );
        Assert.Equal(mayPass, exception.MayPass);
    }

    /// <summary>The certificate's host, how long it is valid, the parameters, and the message.</summary>
    [Theory]
    [InlineData(
        "localhost",
        1,
        "sslmode=verify-full&sslrootcert=OTHER",
        "is not trusted: it is signed by \"CN=own\", not by a CA in OTHER; give the server's CA with sslrootcert"
    )]
    [InlineData(
        "another.example",
        1,
        "sslmode=verify-full&sslrootcert=CA",
        "is for another.example, not for localhost; correct the host, or check the CA only (sslmode=verify-ca)"
    )]
    [InlineData("localhost", -1, "sslmode=verify-full&sslrootcert=CA", "expired on ")]
    [InlineData("localhost", -1, "sslmode=verify-ca&sslrootcert=CA", "expired on ")]
    public async Task A_refused_certificate_says_why(string host, int days, string parameters, string message)
    {
        var folder = Directory.CreateTempSubdirectory("wait-for-tls-").FullName;
        try
        {
            var authority = new TestAuthority("own");
            var certificate = authority.Issue(host, TimeSpan.FromHours(days < 0 ? -1 : 48));
            await using var server = new ScriptedServer((client, cancel) => PlayTlsAsync(client, certificate, cancel));
            await File.WriteAllTextAsync(Path.Combine(folder, "own.crt"), authority.Pem);
            await File.WriteAllTextAsync(Path.Combine(folder, "other.crt"), new TestAuthority("other").Pem);
            string Filled(string text) =>
                text.Replace("OTHER", Path.Combine(folder, "other.crt"), StringComparison.Ordinal)
                    .Replace("=CA", "=" + Path.Combine(folder, "own.crt"), StringComparison.Ordinal);

            var exception = await FailAsync($"postgres://u:secret@localhost:{server.Port}/d?{Filled(parameters)}");

            Assert.StartsWith(
                $"localhost:{server.Port}/d: the server's certificate {Filled(message)}",
                exception.Message,
                StringComparison.Ordinal
            );
            Assert.False(exception.MayPass);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Parameters, what the server does before it falls silent, and what the connection waits for.</summary>
    [Theory]
    [InlineData("", "read", "the server's answer")]
    [InlineData("", "read;S;read", "the TLS handshake")]
    [InlineData("sslmode=disable", "read", "the server's answer")]
    [InlineData("sslmode=disable", "read;LOGIN;read", "the server's answer to the first query")]
    [InlineData("sslmode=disable&target_session_attrs=primary", "read;LOGIN;read", "the server's answer to the first query")]
    public async Task A_silent_server_is_told_after_5s_and_at_the_end(string parameters, string script, string what)
    {
        var silent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new ScriptedServer(
            async (client, cancel) =>
            {
                await PlayAsync(client, script, cancel);
                silent.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
            }
        );
        var (time, log) = (new ManualTimeProvider(), new LogLines());
        var opening = FailAsync($"postgres://u:secret@127.0.0.1:{server.Port}/d?connect_timeout=15&{parameters}", time, log);

        await silent.Task;
        await time.TimerAsync(due => due == TimeSpan.FromSeconds(5));
        time.Advance(TimeSpan.FromSeconds(5));
        await log.ContainsAsync($"127.0.0.1:{server.Port}/d: still waiting for {what} after 5s");
        time.Advance(TimeSpan.FromSeconds(10.5));
        var exception = await opening;

        Assert.StartsWith(
            $"127.0.0.1:{server.Port}/d: waited 15s without success for {what}; ",
            exception.Message,
            StringComparison.Ordinal
        );
        Assert.True(exception.MayPass);
        Assert.Single(log.All);
    }

    [Fact]
    public async Task Dropped_packets_are_told_as_a_TCP_connection_that_does_not_come()
    {
        // A full backlog: the system drops what comes next.
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        using var first = new TcpClient();
        await first.ConnectAsync(IPAddress.Loopback, port);
        var (time, log) = (new ManualTimeProvider(), new LogLines());
        var opening = FailAsync($"postgres://u:secret@127.0.0.1:{port}/d?connect_timeout=20", time, log);

        await time.TimerAsync(due => due == TimeSpan.FromSeconds(5));
        time.Advance(TimeSpan.FromSeconds(5));
        await log.ContainsAsync($"127.0.0.1:{port}/d: still waiting for the TCP connection to 127.0.0.1");
        time.Advance(TimeSpan.FromSeconds(15.5));

        Assert.Contains(
            "; check the address, network policies and firewalls: packets are dropped, or the host is down",
            (await opening).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("postgres://u:secret@127.0.0.1:1/d", "127.0.0.1:1/d: connection refused; check host and port, and that the server runs")]
    [InlineData(
        "postgres://u:secret@127.0.0.1:1,127.0.0.1:2/d",
        "127.0.0.1:1/d: connection refused; 127.0.0.1:2/d: connection refused; check host and port, and that the server runs"
    )]
    [InlineData(
        "postgres://u:secret@/d?host=/nowhere&port=7",
        "/nowhere/.s.PGSQL.7/d: there is no such socket; mount its folder, and check unix_socket_directories and the port of the server"
    )]
    [InlineData(
        "postgres://u:secret@127.0.0.1:1/d?sslmode=require&sslcert=/none",
        "127.0.0.1:1/d: connection refused; check host and port, and that the server runs"
    )]
    public async Task What_does_not_exist_is_tried_again(string url, string message)
    {
        var exception = await FailAsync(url);

        Assert.Equal(message, exception.Message);
        Assert.True(exception.MayPass);
    }

    [PostgresFact]
    public async Task A_file_of_TLS_that_is_missing_is_named()
    {
        using var bed = await Bed.CreateAsync();

        var exception = await FailAsync(bed.Url + "?sslmode=verify-full&sslrootcert=/none.crt");

        Assert.EndsWith(
            ": TLS: Could not find file '/none.crt'; correct sslrootcert (/none.crt): PEM files that this user can read",
            exception.Message
        );
        Assert.False(exception.MayPass);
    }

    [PostgresFact]
    public async Task A_password_that_is_missing_is_not_waited_for()
    {
        using var bed = await Bed.CreateAsync();

        var exception = await FailAsync(bed.Url.Replace(":secret", "", StringComparison.Ordinal));

        Assert.EndsWith(
            ": the server asks for a password, and none is given; "
                + "put it into the URL, or set FLYWAY_PASSWORD or PGPASSWORD (each also as ..._FILE)",
            exception.Message
        );
        Assert.False(exception.MayPass);
    }

    /// <summary>The login succeeds: AuthenticationOk, the server's version, the process's number, ReadyForQuery.</summary>
    internal const string Login =
        "R\0\0\0\x08\0\0\0\0S\0\0\0\x18server_version\015.1\0K\0\0\0\x0c\0\0\0\x01\0\0\0\x02Z\0\0\0\x05I";

    private static async Task<ConnectionException> FailAsync(string url, TimeProvider? time = null, LogLines? log = null)
    {
        var settings = Settings.Given.Connection(("--url", url), user: null, new Dictionary<string, string>());
        var database = new Database(
            settings,
            new ConnectPatience(0, TimeSpan.Zero),
            time ?? TimeProvider.System,
            (log ?? new LogLines()).Logger
        );
        var exception = await Assert.ThrowsAsync<ConnectionException>(() => database.OpenAsync(CancellationToken.None));
        Assert.DoesNotContain("secret", exception.ToString(), StringComparison.Ordinal);
        return exception;
    }

    /// <summary>Steps, separated by semicolons: read, RESET, LOGIN, AUTH2, an SQLSTATE with a message, or bytes to send.</summary>
    private static async Task PlayAsync(Socket client, string script, CancellationToken cancel)
    {
        foreach (var step in script.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            if (step == "read")
                await ScriptedServer.ReadAsync(client, cancel);
            else if (step == "RESET")
                client.LingerState = new LingerOption(true, 0);
            else if (step == "LOGIN")
                await client.SendAsync(Encoding.Latin1.GetBytes(Login), cancel);
            else if (step == "AUTH2")
                await client.SendAsync(new byte[] { (byte)'R', 0, 0, 0, 8, 0, 0, 0, 2 }, cancel);
            else if (char.IsAsciiDigit(step[0]))
                await client.SendAsync(Error(step[..5], step[6..]), cancel);
            else
                await client.SendAsync(Encoding.Latin1.GetBytes(step), cancel);
        }
    }

    /// <summary>Closes the server's side, then reads to the client's end: to close a socket with unread bytes resets the
    /// connection, and whether the client's first message has arrived yet is chance.</summary>
    private static async Task EndAsync(Socket client, CancellationToken cancel)
    {
        if (client.LingerState is { Enabled: true })
            return;
        client.Shutdown(SocketShutdown.Send);
        while (await ScriptedServer.ReadAsync(client, cancel) is { Length: > 0 })
        {
            // What a server that has closed does not answer.
        }
    }

    private static async Task PlayTlsAsync(Socket client, X509Certificate2 certificate, CancellationToken cancel)
    {
        await ScriptedServer.ReadAsync(client, cancel);
        await client.SendAsync("S"u8.ToArray(), cancel);
        await using var tls = new SslStream(new NetworkStream(client));
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancel);
            _ = await tls.ReadAsync(new byte[100], cancel);
        }
        catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException)
        {
            // The client has refused the certificate.
        }
    }

    private static byte[] Error(string state, string message)
    {
        var fields = Encoding.UTF8.GetBytes($"SFATAL\0VFATAL\0C{state}\0M{message}\0\0");
        return [(byte)'E', .. BitConverter.GetBytes(IPAddress.HostToNetworkOrder(fields.Length + 4)), .. fields];
    }
}
