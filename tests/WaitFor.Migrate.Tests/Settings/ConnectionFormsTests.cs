using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using WaitFor.Migrate.Postgres;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests.Settings;

/// <summary>Connection strings on a real server, beside psql.</summary>
public sealed class ConnectionFormsTests(ConnectionFormsTests.Place place) : IClassFixture<ConnectionFormsTests.Place>
{
    private const string Query =
        "SELECT current_database() || ' ' || current_user || ' ' || coalesce(inet_server_port()::text, 'socket') || ' '"
        + " || current_setting('search_path') || ' ' || current_setting('TimeZone') || ' ' || current_setting('DateStyle') || ' '"
        + " || current_setting('geqo') || ' ' || (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid())";

    public static TheoryData<string> LikePsql => [.. ConnectionForms.LikePsql];

    public static TheoryData<string, string> Ours
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var (form, expected) in ConnectionForms.Ours)
                rows.Add(form, expected);
            return rows;
        }
    }

    /// <summary>Some forms, as the native binary meets them: sockets, several hosts, TLS.</summary>
    public static TheoryData<string> Native =>
        [
            .. ConnectionForms.LikePsql.Where(form => form.Contains("SOCKET", StringComparison.Ordinal)),
            ConnectionForms.LikePsql[8],
            // Npgsql would read these by itself, the first as a name that it does not know.
            $"DATABASE_URL={ConnectionForms.LikePsql[0]}\nPGREQUIREAUTH=scram-sha-256\nPGCLIENTENCODING=LATIN1",
        ];

    [PostgresTheory]
    [MemberData(nameof(LikePsql))]
    public async Task It_connects_where_psql_connects_and_fails_where_psql_fails(string form)
    {
        var variables = await place.VariablesAsync(form);

        var (psql, ours) = (await PsqlAsync(variables), await ConnectAsync(variables));

        Assert.True(psql.Answer == ours.Answer, $"psql: {psql.Answer} {psql.Error}\nmigrate: {ours.Answer} {ours.Error}");
        Assert.DoesNotContain("secret", ours.Error, StringComparison.Ordinal);
    }

    [PostgresTheory]
    [MemberData(nameof(Ours))]
    public async Task What_psql_does_not_know_is_honoured_or_refused_by_name(string form, string expected)
    {
        var (answer, error) = await ConnectAsync(await place.VariablesAsync(form));

        if (expected.Split(' ')[^1] is not ("tls" or "plain" or "pg_catalog"))
        {
            Assert.Null(answer);
            Assert.Contains(expected, error, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
            return;
        }

        Assert.True(answer is not null, error);
        var words = expected.Replace("DB", place.Database, StringComparison.Ordinal).Split(' ').ToList();
        Assert.Contains(
            words.Remove("tls") ? " true"
                : words.Remove("plain") ? " false"
                : "?",
            answer,
            StringComparison.Ordinal
        );
        if (words.Remove("pg_catalog"))
            Assert.Contains(" pg_catalog ", answer, StringComparison.Ordinal);
        Assert.StartsWith(string.Join(' ', words) + " ", answer, StringComparison.Ordinal);
    }

    [NativeTheory]
    [MemberData(nameof(Native))]
    public async Task The_native_binary_connects_there_too(string form)
    {
        var variables = await place.VariablesAsync(form);
        variables["MIGRATE_CONNECT_RETRIES"] = "0";
        variables["MIGRATE_LOCATIONS"] = Directory.CreateDirectory(Path.Combine(place.Home, "sql")).FullName;

        var (exitCode, output, log) = await NativeGate.RunAsync(["info"], variables, Repository.Migrate);

        Assert.True(exitCode == 0, log);
        Assert.StartsWith("VERSION", output, StringComparison.Ordinal);
    }

    /// <summary>The tool's own driver knows these; ours understands them too. Only a name that the URL has gives way to the one by which
    /// the next run finds the tool's connections.</summary>
    [NativeTheory]
    [InlineData("postgresql+psycopg2://postgres:secret@127.0.0.1:PORT/DB?sslmode=require")]
    [InlineData("postgresql+psycopg2://postgres:secret@127.0.0.1:PORT/DB?application_name=own&sslmode=require")]
    [InlineData("postgresql+asyncpg://postgres:secret@127.0.0.1:PORT/DB?ssl=disable&prepared_statement_cache_size=0")]
    [InlineData("postgresql+psycopg://postgres:secret@127.0.0.1:PORT/DB")]
    [InlineData("postgis://postgres:secret@127.0.0.1:PORT/DB?conn_max_age=60")]
    [InlineData("jdbc:postgresql://127.0.0.1:PORT/DB?user=postgres&password=secret")]
    [InlineData("jdbc:postgresql://127.0.0.1:PORT/DB?user=postgres&password=secret&ApplicationName=own")]
    [InlineData("host=127.0.0.1 port=PORT dbname=DB user=postgres password=secret application_name=own")]
    public async Task A_wrapped_tool_gets_the_URL_as_it_is(string form)
    {
        var variables = await place.VariablesAsync(form);
        variables["MIGRATE_CONNECT_RETRIES"] = "0";

        var (exitCode, output, log) = await NativeGate.RunAsync(["exec", "--", "/usr/bin/env"], variables, Repository.Migrate);

        Assert.True(exitCode == 0, log);
        const string name = "migrate%20exec%20in%20public%3A%20";
        var expected = variables["DATABASE_URL"]
            .Replace("?application_name=own", "?application_name=" + name, StringComparison.Ordinal)
            .Replace("&ApplicationName=own", "&ApplicationName=" + name, StringComparison.Ordinal);
        Assert.Contains($"DATABASE_URL={expected}", output.Split('\n'));
    }

    private static async Task<(string? Answer, string Error)> ConnectAsync(IReadOnlyDictionary<string, string> variables)
    {
        try
        {
            var settings = Given.Connection(url: null, user: null, variables);
            var database = new Database(settings, new ConnectPatience(0, TimeSpan.Zero), TimeProvider.System, new LogLines().Logger);
            await using var session = await database.OpenAsync(CancellationToken.None);
            return (await session.ScalarAsync<string>(Query, CancellationToken.None), "");
        }
        catch (ConnectionException exception)
        {
            return (null, exception.Message);
        }
    }

    private static async Task<(string? Answer, string Error)> PsqlAsync(Dictionary<string, string> variables)
    {
        var start = new ProcessStartInfo(PostgresServer.Program("psql"), ["-X", "-w", "-A", "-t", "-c", Query])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        if (start.Environment.Remove("DATABASE_URL"))
            start.ArgumentList.Add(variables["DATABASE_URL"]);
        using var process = await ProcessStarter.StartAsync(start);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode == 0 ? (await output).TrimEnd('\n') : null, await error);
    }

    /// <summary>A database, users with odd names, files in a home folder, and a way in by IPv6.</summary>
    public sealed class Place : IAsyncLifetime, IDisposable
    {
        private readonly TcpListener _six = new(IPAddress.IPv6Loopback, 0);
        private readonly string _open = Directory.CreateTempSubdirectory("wait-for-forms-").FullName;
        private Task<PostgresServer>? _server;

        public string Home { get; } = Directory.CreateTempSubdirectory("wait-for-forms-").FullName;

        public string Database { get; private set; } = "";

        public async Task InitializeAsync()
        {
            if (PostgresServer.WhyNot is not null)
                return;
            File.SetUnixFileMode(_open, (UnixFileMode)0x1ed);
            var server = await (_server = ClientFiles.StartServerAsync(Home, _open));
            var url = await server.CreateDatabaseAsync();
            Database = new Uri(url).AbsolutePath[1..];
            await PostgresServer.ExecuteAsync(url, "CREATE ROLE odd LOGIN PASSWORD 'p@s:s/wo?r%d'''");
            await PostgresServer.ExecuteAsync(url, "CREATE DATABASE \"my db\"");
            await PostgresServer.ExecuteAsync(url, "CREATE ROLE question LOGIN PASSWORD 'w?o&r=d'");
            await PostgresServer.ExecuteAsync(url, "CREATE ROLE cert LOGIN");
            await PostgresServer.ExecuteAsync(url, "CREATE ROLE free LOGIN");
            await WriteAsync("passwords", $"# comment\nnowhere:*:*:*:x\n127.0.0.1:{server.Port}:*:postgres:secret\n", 0x180);
            await WriteAsync("more", $"127.0.0.1:{server.Port}:*:postgres:secret:more\n", 0x180);
            await WriteAsync("open", "*:*:*:*:secret\n", 0x1a4);
            await WriteAsync(".pgpass", "*:*:none:*:x\n*:*:*:odd:p@s\\:s/wo?r%d'\n", 0x180);
            await WriteAsync(
                ".pg_service.conf",
                $"# comment\n[other]\nhost=nowhere.invalid\n\n[own]\nhost=127.0.0.1\nport={server.Port}\ndbname={Database}\n"
                    + "user=postgres\npassword=secret\n[own]\nhost=nowhere.invalid\n[blanks]\nhost = 127.0.0.1\n[ldap]\nldap://h/dc=x\n",
                0x1a4
            );
            await WriteAsync("other.crt", new TestAuthority("another").Pem, 0x1a4);
            if (!Socket.OSSupportsIPv6)
                return;
            _six.Start();
            _ = RelayAsync(server.Port);
        }

        public async Task DisposeAsync()
        {
            _six.Stop();
            if (_server is not null)
                await (await _server).DisposeAsync();
            Directory.Delete(Home, recursive: true);
            Directory.Delete(_open, recursive: true);
        }

        public void Dispose() => _six.Dispose();

        /// <summary>The variables of a form, filled in.</summary>
        internal async Task<Dictionary<string, string>> VariablesAsync(string form)
        {
            var server = await _server!;
            var socket = Path.GetDirectoryName(server.CaFile)!;
            var six = Socket.OSSupportsIPv6 ? ((IPEndPoint)_six.LocalEndpoint).Port : 1;
            form = form.Replace("OTHERCA", Path.Combine(Home, "other.crt"), StringComparison.Ordinal)
                .Replace("%SOCKET%", Uri.EscapeDataString(socket), StringComparison.Ordinal)
                .Replace("SOCKET", socket, StringComparison.Ordinal)
                .Replace("=HOME/", $"={Home}/", StringComparison.Ordinal)
                .Replace("=CA", $"={server.CaFile}", StringComparison.Ordinal)
                .Replace("/DB", "/" + Database, StringComparison.Ordinal)
                .Replace("=DB", "=" + Database, StringComparison.Ordinal)
                .Replace("'DB", "'" + Database, StringComparison.Ordinal)
                .Replace(" DB", " " + Database, StringComparison.Ordinal)
                .Replace("sql:DB", "sql:" + Database, StringComparison.Ordinal)
                .Replace("PORT6", six.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            foreach (var before in new[] { ":", "=", ",", " ", "+", "." })
                form = form.Replace(before + "PORT", before + server.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = Home, ["PATH"] = "/usr/bin:/bin" };
            if (!form.StartsWith("PG", StringComparison.Ordinal) && !form.Contains('\n', StringComparison.Ordinal))
                variables["DATABASE_URL"] = form;
            else
                foreach (var line in form.Split('\n'))
                    variables[line[..line.IndexOf('=', StringComparison.Ordinal)]] = line[
                        (line.IndexOf('=', StringComparison.Ordinal) + 1)..
                    ];
            return variables;
        }

        private async Task WriteAsync(string name, string text, int mode)
        {
            var path = Path.Combine(Home, name);
            await File.WriteAllTextAsync(path, text);
            File.SetUnixFileMode(path, (UnixFileMode)mode);
        }

        private async Task RelayAsync(int port)
        {
            while (true)
            {
                var client = await _six.AcceptTcpClientAsync();
                _ = PassAsync(client, port);
            }
        }

        private static async Task PassAsync(TcpClient client, int port)
        {
            using var server = new TcpClient();
            await server.ConnectAsync(IPAddress.Loopback, port);
            await Task.WhenAny(server.GetStream().CopyToAsync(client.GetStream()), client.GetStream().CopyToAsync(server.GetStream()));
            client.Dispose();
        }
    }
}
