using System.Globalization;

namespace WaitFor.Testing;

/// <summary>pgbouncer in front of a test server, on a free port of 127.0.0.1.
/// <see href="https://www.pgbouncer.org/config.html"/></summary>
public sealed class Pooler : IAsyncDisposable
{
    private const string Program = "/usr/sbin/pgbouncer";

    private readonly string _folder;
    private readonly ChildProcess _process;

    private Pooler(string folder, int port, ChildProcess process) => (_folder, Port, _process) = (folder, port, process);

    /// <summary>Its port.</summary>
    public int Port { get; }

    /// <summary>Why none can be started here; null where one can.</summary>
    public static string? WhyNot => File.Exists(Program) ? null : "there is no pgbouncer: install Debian's package pgbouncer";

    /// <summary>Starts one.</summary>
    /// <param name="serverPort">The server's port.</param>
    /// <param name="mode">session, transaction or statement.</param>
    /// <param name="size">The most connections to the server for one user and database.</param>
    /// <param name="reset">What ends a session on a connection to the server that is kept for the next one.</param>
    public static async Task<Pooler> StartAsync(int serverPort, string mode, int size, string reset = "DISCARD ALL")
    {
        var folder = TemporaryFolder.Create("wait-for-pooler-");
        var port = Ports.Free(1)[0];
        await File.WriteAllTextAsync(Path.Combine(folder, "users.txt"), $"\"{PostgresServer.User}\" \"{PostgresServer.Password}\"\n");
        var settings = Path.Combine(folder, "pgbouncer.ini");
        await File.WriteAllTextAsync(
            settings,
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                [databases]
                * = host=127.0.0.1 port={serverPort}
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = {port}
                unix_socket_dir =
                auth_type = scram-sha-256
                auth_file = {folder}/users.txt
                pool_mode = {mode}
                default_pool_size = {size}
                server_reset_query = {reset}
                ignore_startup_parameters = extra_float_digits
                """
            )
        );
        string[] arguments = ["-q", settings];
        if (Environment.UserName == "root")
        {
            // It refuses to run as root.
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
            arguments = ["--reuid", "postgres", "--regid", "postgres", "--clear-groups", "--pdeathsig", "KILL", Program, .. arguments];
        }

        var process = await ChildProcess.StartAsync(
            Environment.UserName == "root" ? "/usr/bin/setpriv" : Program,
            arguments,
            Path.Combine(folder, "pgbouncer.log")
        );
        await Poll.UntilAsync(
            "pgbouncer",
            TimeSpan.FromSeconds(30),
            async cancel =>
            {
                process.EnsureAlive();
                try
                {
                    using var client = new System.Net.Sockets.TcpClient();
                    await client.ConnectAsync(System.Net.IPAddress.Loopback, port, cancel);
                    return true;
                }
                catch (System.Net.Sockets.SocketException)
                {
                    return false;
                }
            },
            CancellationToken.None
        );
        return new Pooler(folder, port, process);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _process.StopAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
