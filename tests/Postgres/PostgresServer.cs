using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Npgsql;

namespace WaitFor.Testing;

/// <summary>A PostgreSQL server of a test run's own: 127.0.0.1, a free port, a temporary folder, passwords and TLS on.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>The superuser.</summary>
    public const string User = "postgres";

    /// <summary>Its password.</summary>
    public const string Password = "secret";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly PostgresPackage _package;
    private readonly string _folder;
    private ChildProcess? _process;
    private int _databases;

    private PostgresServer(PostgresPackage package, string folder, int port) => (_package, _folder, Port) = (package, folder, port);

    /// <summary>The port; it stays the same when the server is started again.</summary>
    public int Port { get; }

    /// <summary>The certificate of the server, as a CA file for sslrootcert; its name is localhost.</summary>
    public string CaFile => Path.Combine(_folder, "server.crt");

    /// <summary>Why no server of Debian's package can be started here; null where one can.</summary>
    public static string? WhyNot => PostgresPackage.Debian.WhyNot;

    /// <summary>A program of Debian's package, such as psql.</summary>
    /// <exception cref="InvalidOperationException">PostgreSQL is not installed.</exception>
    public static string Program(string name) => PostgresPackage.Debian.Program(name);

    /// <summary>Starts a server of Debian's package.</summary>
    /// <param name="settings">Further settings (name=value).</param>
    /// <exception cref="InvalidOperationException">PostgreSQL is not installed, or initdb failed.</exception>
    public static Task<PostgresServer> StartAsync(params string[] settings) => StartAsync(PostgresPackage.Debian, settings);

    /// <summary>Starts a server.</summary>
    /// <param name="package">Where its programs come from.</param>
    /// <param name="settings">Further settings (name=value).</param>
    /// <exception cref="InvalidOperationException">PostgreSQL is not installed, or initdb failed.</exception>
    public static async Task<PostgresServer> StartAsync(PostgresPackage package, params string[] settings)
    {
        var server = new PostgresServer(package, TemporaryFolder.Create("wait-for-postgres-"), Ports.Free(1)[0]);
        try
        {
            await server.InitializeAsync(settings);
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a replica of this server: read-only, in recovery. Debian's package alone holds the program for it.</summary>
    public async Task<PostgresServer> StartReplicaAsync()
    {
        var replica = new PostgresServer(_package, TemporaryFolder.Create("wait-for-replica-"), Ports.Free(1)[0]);
        try
        {
            await OwnAsync(replica._folder);
            var data = Path.Combine(replica._folder, "data");
            var (program, arguments) = AsPostgres(
                _package.Program("pg_basebackup"),
                "-D",
                data,
                "-R",
                "--no-sync",
                "--checkpoint=fast",
                "-d",
                $"host=127.0.0.1 port={Port} user={User} password={Password}"
            );
            await RunAsync(program, arguments);
            await File.AppendAllLinesAsync(
                Path.Combine(data, "postgresql.conf"),
                [$"port = {replica.Port}", $"unix_socket_directories = '{replica._folder}'"]
            );
            await replica.StartAgainAsync();
            return replica;
        }
        catch
        {
            await replica.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes an empty database of a test's own.</summary>
    /// <returns>Its URL, with user and password.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test{Interlocked.Increment(ref _databases).ToString(CultureInfo.InvariantCulture)}";
        await ExecuteAsync(Url("postgres"), $"CREATE DATABASE {name}");
        return Url(name);
    }

    /// <summary>The URL of a database.</summary>
    public string Url(string database) => $"postgres://{User}:{Password}@127.0.0.1:{Port}/{database}";

    /// <summary>Kills the server (SIGKILL of all its processes at once is what a lost node is; its children end with it).</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
            await process.KillAsync();
        _process?.Dispose();
        _process = null;
    }

    /// <summary>Starts the server, again or for the first time, and waits until it answers.</summary>
    public async Task StartAgainAsync()
    {
        var (program, arguments) = AsPostgres(_package.Program("postgres"), "-D", Path.Combine(_folder, "data"));
        var process = _process = await ChildProcess.StartAsync(program, arguments, Path.Combine(_folder, "postgres.log"));
        await Poll.UntilAsync(
            "PostgreSQL",
            StartLimit,
            async cancel =>
            {
                process.EnsureAlive();
                try
                {
                    await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
                    await connection.OpenAsync(cancel);
                    return true;
                }
                catch (NpgsqlException)
                {
                    return false;
                }
            },
            CancellationToken.None
        );
    }

    /// <summary>Runs statements on a database.</summary>
    public static async Task ExecuteAsync(string url, string sql)
    {
        await using var connection = await ConnectAsync(url);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>All rows of a query, each as its columns' texts separated by a bar.</summary>
    public static async Task<IReadOnlyList<string>> QueryAsync(string url, string sql)
    {
        await using var connection = await ConnectAsync(url);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(
                string.Join(
                    '|',
                    Enumerable
                        .Range(0, reader.FieldCount)
                        .Select(column =>
                            reader.IsDBNull(column) ? "" : Convert.ToString(reader.GetValue(column), CultureInfo.InvariantCulture)
                        )
                )
            );
        return rows;
    }

    /// <summary>A connection of the test's own.</summary>
    public static async Task<NpgsqlConnection> ConnectAsync(string url)
    {
        var uri = new Uri(url);
        var user = uri.UserInfo.Split(':');
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder
            {
                Host = uri.Host,
                Port = uri.Port,
                Database = uri.AbsolutePath.TrimStart('/'),
                Username = Uri.UnescapeDataString(user[0]),
                Password = Uri.UnescapeDataString(user[1]),
                Pooling = false,
                // On a busy machine.
                Timeout = 60,
                CommandTimeout = 120,
            }.ConnectionString
        );
        await connection.OpenAsync();
        return connection;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            await process.StopAsync();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string ConnectionString(string database) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = Port,
            Database = database,
            Username = User,
            Password = Password,
            Pooling = false,
            Timeout = 5,
        }.ConnectionString;

    private async Task InitializeAsync(string[] settings)
    {
        var password = Path.Combine(_folder, "password");
        await File.WriteAllTextAsync(password, Password + "\n");
        // The server refuses to run as root; its user owns the folder.
        await OwnAsync(_folder);
        await OwnAsync(password);
        var data = Path.Combine(_folder, "data");
        var (program, arguments) = AsPostgres(
            _package.Program("initdb"),
            "-D",
            data,
            "-U",
            User,
            "-A",
            "scram-sha-256",
            $"--pwfile={password}",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync"
        );
        await RunAsync(program, arguments);

        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(
                certificateAuthority: true,
                hasPathLengthConstraint: false,
                pathLengthConstraint: 0,
                critical: true
            )
        );
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var keyFile = Path.Combine(_folder, "server.key");
        await File.WriteAllTextAsync(CaFile, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await OwnAsync(keyFile);
        await File.AppendAllLinesAsync(
            Path.Combine(data, "postgresql.conf"),
            [
                "listen_addresses = '127.0.0.1'",
                $"port = {Port}",
                $"unix_socket_directories = '{_folder}'",
                "ssl = on",
                $"ssl_cert_file = '{CaFile}'",
                $"ssl_key_file = '{keyFile}'",
                "max_connections = 200",
                // A lost machine is not what is tested here, and every test run would pay for it.
                "fsync = off",
                .. settings,
            ]
        );
    }

    private static (string Program, string[] Arguments) AsPostgres(string program, params string[] arguments) =>
        Environment.UserName == "root"
            ? (
                "/usr/bin/setpriv",
                ["--reuid", "postgres", "--regid", "postgres", "--clear-groups", "--pdeathsig", "KILL", program, .. arguments]
            )
            : (program, arguments);

    private static Task OwnAsync(string path) =>
        Environment.UserName == "root" ? RunAsync("/bin/chown", ["postgres:postgres", path]) : Task.CompletedTask;

    private static async Task RunAsync(string program, string[] arguments)
    {
        using var process = await ProcessStarter.StartAsync(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        );
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await errors}{await output}");
    }
}
