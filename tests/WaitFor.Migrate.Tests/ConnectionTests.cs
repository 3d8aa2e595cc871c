using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests;

/// <summary>Databases that cannot be used: the exit code, one message with the next step, and never the password.</summary>
public abstract class ConnectionTests(PostgresPackage package) : ServerTests(package)
{
    private const string Secret = "Pa55-w0rd!";

    public static TheoryData<string, string, string> Refused =>
        new()
        {
            {
                "wrong password",
                "postgres://postgres:Pa55-w0rd!@127.0.0.1:PORT/DB",
                "127.0.0.1:PORT/DB: password authentication failed for user \"postgres\" (SQLSTATE 28P01); correct user and password"
            },
            {
                "wrong user",
                "postgres://nobody:Pa55-w0rd!@127.0.0.1:PORT/DB",
                "127.0.0.1:PORT/DB: password authentication failed for user \"nobody\" (SQLSTATE 28P01); correct user and password"
            },
            {
                "missing database",
                "postgres://postgres:secret@127.0.0.1:PORT/nothing",
                "127.0.0.1:PORT/nothing: database \"nothing\" does not exist (SQLSTATE 3D000); create the database, or correct its name"
            },
            {
                "unreachable",
                "postgres://postgres:Pa55-w0rd!@127.0.0.1:1/DB",
                "127.0.0.1:1/DB: connection refused; check host and port, and that the server runs"
            },
            {
                "unknown host",
                "postgres://postgres:Pa55-w0rd!@nowhere.invalid/DB",
                "nowhere.invalid:5432/DB: the host name nowhere.invalid "
            },
            {
                "a wrong CA",
                "postgres://postgres:Pa55-w0rd!@localhost:PORT/DB?sslmode=verify-full&sslrootcert=WRONGCA",
                "localhost:PORT/DB: the server's certificate is not trusted: it is signed by \"CN=localhost\", not by a CA in WRONGCA; "
                    + "give the server's CA with sslrootcert"
            },
            {
                "another database's URL",
                "mysql://root:Pa55-w0rd!@localhost/DB",
                "DATABASE_URL is not a URL of a PostgreSQL database, but mysql:; write postgres://user@host:5432/database, or "
                    + "jdbc:postgresql://host:5432/database (for another database, use its own tool)"
            },
            {
                "a lone percent sign",
                "postgres://postgres:Pa55-w0rd!%@localhost/DB",
                "DATABASE_URL has a % that begins no escape: write %25 for a percent sign (and %40 for @, %3A for :, %2F for / in a "
                    + "password)"
            },
            { "no user", "postgres://localhost/DB", "no database user is named: put it into the URL, or set FLYWAY_USER or PGUSER" },
            {
                "a replica asked for",
                "postgres://postgres:Pa55-w0rd!@localhost/DB?targetServerType=secondary",
                "DATABASE_URL: targetServerType \"secondary\" is not possible: a migration needs the primary; "
                    + "write primary, or leave it out"
            },
        };

    [NativeTheory]
    [MemberData(nameof(Refused))]
    public async Task It_ends_with_3_and_says_why(string what, string url, string message)
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__t.sql", "CREATE TABLE t (id int);");
        var wrong = Path.Combine(bed.Folder, "wrong.crt");
        await File.WriteAllTextAsync(wrong, new TestAuthority("another").Pem);
        var real = new Uri(bed.Url);
        string Filled(string text) =>
            text.Replace("PORT", real.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("DB", real.AbsolutePath[1..], StringComparison.Ordinal)
                .Replace("WRONGCA", wrong, StringComparison.Ordinal)
                .Replace(real.AbsolutePath[1..] + "_URL", "DB_URL", StringComparison.Ordinal);

        await using var run = bed.Start("up", new Dictionary<string, string> { ["DATABASE_URL"] = Filled(url) });
        var exitCode = await run.ExitAsync();

        Assert.True(exitCode == 3, $"{what}: {exitCode} {run.Log}");
        var line = Assert.Single(run.Log.TrimEnd().Split('\n'));
        Assert.StartsWith(
            "error: " + (message.StartsWith("DATABASE_URL", StringComparison.Ordinal) ? message : Filled(message)),
            line[9..],
            StringComparison.Ordinal
        );
        if (what == "a wrong CA")
            Assert.Contains("certificate", line, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Secret, line, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, await File.ReadAllTextAsync(bed.TerminationLog), StringComparison.Ordinal);
        Assert.Equal(["False"], await bed.QueryAsync("SELECT to_regclass('flyway_schema_history') IS NOT NULL"));
    }

    [PostgresFact]
    public async Task A_server_without_a_setting_that_is_good_to_have_is_served_all_the_same()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__a.sql", "CREATE TABLE a AS SELECT current_setting('lock_timeout') AS text;");
        bed.Write("V2__b.sql", "INSERT INTO a SELECT current_setting('lock_timeout');");
        var real = new Uri(bed.Url);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var relay = RelayAsync(listener, real.Port, "tcp_user_timeout", "tcp_lost_timeout");
        var url = new UriBuilder(real) { Port = ((IPEndPoint)listener.LocalEndpoint).Port, Query = "sslmode=disable" };

        await bed.RunAsync($"up --release r1 --url {url}");

        await relay;
        Assert.Equal(["5s", "5s"], await bed.QueryAsync("SELECT text FROM a"));
        Assert.Equal(["succeeded"], await bed.QueryAsync("SELECT status FROM schema_deployment_log"));
    }

    /// <summary>Passes one connection on, with another word for one of the client's, of the same length.</summary>
    private static async Task RelayAsync(TcpListener listener, int port, string word, string other)
    {
        using var client = await listener.AcceptTcpClientAsync();
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, port);
        var back = server.GetStream().CopyToAsync(client.GetStream());
        var buffer = new byte[65536];
        int read;
        while ((read = await client.GetStream().ReadAsync(buffer)) > 0)
        {
            var text = Encoding.Latin1.GetString(buffer, 0, read).Replace(word, other, StringComparison.Ordinal);
            await server.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text));
        }

        server.Client.Shutdown(SocketShutdown.Send);
        await back;
    }

    [NativeTheory]
    [InlineData("localhost", "verify-full")]
    [InlineData("127.0.0.1", "verify-ca")]
    public async Task TLS_is_verified_with_the_servers_CA(string host, string mode)
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__t.sql", "CREATE TABLE t AS SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid();");
        var url =
            bed.Url.Replace("127.0.0.1", host, StringComparison.Ordinal)
            + $"?sslmode={mode}&sslrootcert={(await Bed.ServerAsync(Package)).CaFile}";
        await using var run = bed.Start("up", new Dictionary<string, string> { ["DATABASE_URL"] = url });

        Assert.True(await run.ExitAsync() == 0, run.Log);
        Assert.Equal(["True"], await bed.QueryAsync("SELECT ssl FROM t"));
    }

    [NativeFact]
    public async Task A_server_that_starts_late_is_waited_for()
    {
        await using var server = await PostgresServer.StartAsync(Package);
        var url = await server.CreateDatabaseAsync();
        await server.KillAsync();
        await using var run = NativeGate.Start(
            [
                "up",
                "--locations",
                Directory.CreateTempSubdirectory().FullName,
                "--connect-retry-interval",
                "100ms",
                "--connect-retries",
                "1000",
            ],
            new Dictionary<string, string> { ["DATABASE_URL"] = url },
            Repository.Migrate
        );
        await run.LogsAsync("connection refused; attempt 3 of 1001 in 100ms");
        await server.StartAgainAsync();

        Assert.True(await run.ExitAsync() == 0, run.Log);
    }

    [PostgresTheory]
    [InlineData("transaction", 20)]
    [InlineData("transaction", 1)]
    [InlineData("statement", 20)]
    public async Task A_pooler_that_shares_connections_is_refused(string mode, int size)
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__t.sql", "CREATE TABLE t (id int);");
        await using var pooler = await Pooler.StartAsync(new Uri(bed.Url).Port, mode, size);
        var url = new UriBuilder(bed.Url) { Port = pooler.Port }.Uri.ToString();

        var (exitCode, message) = await bed.EndAsync($"up --url {url}");

        Assert.True(exitCode == 3, message);
        Assert.Equal(
            $"127.0.0.1:{pooler.Port}/{new Uri(url).AbsolutePath[1..]} is a connection pooler in transaction (or statement) mode: "
                + "session locks and settings do not last there, so two migrations could run at once; connect to the server itself "
                + "(--direct-url), or "
                + "to a pool in session mode",
            message
        );
        Assert.Equal(["False"], await bed.QueryAsync("SELECT to_regclass('flyway_schema_history') IS NOT NULL"));
        Assert.Equal(0, (await bed.EndAsync($"up --url {url} --direct-url {bed.Url}")).ExitCode);
    }

    [PostgresFact]
    public async Task A_pooler_in_session_mode_works()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__t.sql", "CREATE TABLE t (id int);");
        bed.Write("V2__i.sql", "CREATE INDEX CONCURRENTLY i ON t (id);");
        await using var pooler = await Pooler.StartAsync(new Uri(bed.Url).Port, "session", 20);

        Assert.Equal(
            (0, 3),
            await bed.EndAsync($"up --url {new UriBuilder(bed.Url) { Port = pooler.Port }.Uri}") is var (exitCode, said)
                ? (exitCode, said.Split('\n').Length)
                : default
        );
        Assert.Equal(2, (await bed.HistoryAsync()).Count);
    }

    [PostgresFact]
    public async Task A_replica_is_refused()
    {
        await using var server = await PostgresServer.StartAsync();
        var url = await server.CreateDatabaseAsync();
        await using var replica = await server.StartReplicaAsync();
        using var bed = await CreateBedAsync();
        var there = new UriBuilder(url) { Port = replica.Port }.Uri.ToString();

        foreach (var command in new[] { "up", "baseline", "repair" })
            Assert.Equal(
                (3, $"127.0.0.1:{replica.Port}/test1 is a read-only replica (pg_is_in_recovery); connect to the primary"),
                await bed.EndAsync($"{command} --url {there}")
            );
        // As in libpq, the list is tried in order: the replica is left for the primary.
        foreach (var (kind, exitCode) in new[] { ("any", 3), ("read-write", 0), ("primary", 0) })
        {
            var both = $"{url.Replace("@", $"@127.0.0.1:{replica.Port},", StringComparison.Ordinal)}?target_session_attrs={kind}";
            var (ended, message) = await bed.EndAsync($"up --url {both}");
            Assert.True(exitCode == ended, $"{kind}: {ended} {message}");
        }

        Assert.Equal(
            (3, $"127.0.0.1:{replica.Port}/test1 is a read-only replica (pg_is_in_recovery); connect to the primary"),
            await bed.EndAsync($"up --url {there}?target_session_attrs=read-write")
        );
        // To read is all right.
        Assert.Equal(0, (await bed.EndAsync($"validate --url {there}")).ExitCode);
    }

    [NativeFact]
    public async Task A_right_that_is_missing_is_named()
    {
        using var bed = await CreateBedAsync();
        var role = "weak_" + new Uri(bed.Url).AbsolutePath[1..];
        await bed.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'w'", "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        await using var run = bed.Start(
            "up",
            new Dictionary<string, string> { ["DATABASE_URL"] = bed.Url.Replace("postgres:secret", $"{role}:w", StringComparison.Ordinal) }
        );

        Assert.Equal(3, await run.ExitAsync());
        Assert.EndsWith(
            "error: permission denied for schema public (SQLSTATE 42501)\n"
                + $"  next step: as its owner, run: GRANT USAGE, CREATE ON SCHEMA public TO {role}\n",
            run.Log,
            StringComparison.Ordinal
        );
    }

    [NativeFact]
    public async Task The_password_is_nowhere()
    {
        using var bed = await CreateBedAsync();
        var role = "r_" + new Uri(bed.Url).AbsolutePath[1..];
        await bed.ExecuteAsync($"CREATE ROLE {role} SUPERUSER LOGIN PASSWORD '{Secret}'");
        bed.Write("V1__t.sql", "CREATE TABLE t (id int); SELECT pg_advisory_lock(4711); BROKEN;");
        var secret = Path.Combine(bed.Folder, "password");
        await File.WriteAllTextAsync(secret, Secret + "\n");
        await using var holder = await bed.ConnectAsync();
        await using (var command = new Npgsql.NpgsqlCommand("SELECT pg_advisory_lock(4711)", holder))
            await command.ExecuteNonQueryAsync();
        await using var run = bed.Start(
            "up --release r1 --verbose -o json",
            new Dictionary<string, string>
            {
                ["DATABASE_URL"] = bed.Url.Replace("postgres:secret", role, StringComparison.Ordinal),
                ["FLYWAY_PASSWORD_FILE"] = secret,
            }
        );
        await bed.UntilAsync(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'migrate up r1' AND wait_event = 'advisory' AND datname "
                + "= current_database())"
        );
        var seen = string.Join(
            '\n',
            Directory
                .GetDirectories("/proc")
                .Where(folder => File.Exists(folder + "/cmdline") && char.IsAsciiDigit(Path.GetFileName(folder)[0]))
                .Select(Read)
        );
        await holder.DisposeAsync();

        Assert.Equal(1, await run.ExitAsync());
        foreach (
            var text in new[]
            {
                run.Log,
                run.Output,
                await File.ReadAllTextAsync(bed.TerminationLog),
                seen,
                string.Join('\n', await bed.QueryAsync("SELECT l::text FROM schema_deployment_log l")),
            }
        )
            Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);

        static string Read(string folder)
        {
            try
            {
                return File.ReadAllText(folder + "/cmdline");
            }
            catch (IOException)
            {
                return "";
            }
        }
    }
}

public sealed class ConnectionTestsOnDebian() : ConnectionTests(PostgresPackage.Debian);

public sealed class ConnectionTestsOn18() : ConnectionTests(PostgresPackage.Npm);
