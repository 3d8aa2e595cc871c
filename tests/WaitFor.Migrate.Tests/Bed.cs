using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using WaitFor.Migrate.CommandLine;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests;

/// <summary>An empty database of a test's own on a server that all tests share, and a folder of scripts.</summary>
internal sealed class Bed : IDisposable
{
    private static readonly ConcurrentDictionary<PostgresPackage, Lazy<Task<PostgresServer>>> Shared = new();

    private readonly string _folder = Directory.CreateTempSubdirectory("wait-for-migrate-test-").FullName;

    private Bed(PostgresPackage package, string url) => (Package, Url) = (package, url);

    /// <summary>Where its server comes from.</summary>
    public PostgresPackage Package { get; }

    /// <summary>The database.</summary>
    public string Url { get; }

    /// <summary>The scripts.</summary>
    public string Sql => Directory.CreateDirectory(Path.Combine(_folder, "sql")).FullName;

    /// <summary>The assertions.</summary>
    public string Assertions => Directory.CreateDirectory(Path.Combine(_folder, "assert")).FullName;

    /// <summary>The server that all tests share; without a package, it is Debian's.</summary>
    public static Task<PostgresServer> ServerAsync(PostgresPackage? package = null) =>
        Shared.GetOrAdd(package ?? PostgresPackage.Debian, key => new Lazy<Task<PostgresServer>>(() => StartAsync(key))).Value;

    /// <summary>Makes one on the server of a package; without a package, it is Debian's.</summary>
    public static async Task<Bed> CreateAsync(PostgresPackage? package = null) =>
        new(package ?? PostgresPackage.Debian, await (await ServerAsync(package)).CreateDatabaseAsync());

    /// <summary>Makes one on a server of the test's own, of Debian's package.</summary>
    public static async Task<Bed> CreateOnAsync(PostgresServer server) => new(PostgresPackage.Debian, await server.CreateDatabaseAsync());

    /// <summary>Writes a script.</summary>
    public void Write(string name, string text)
    {
        var file = Path.Combine(Sql, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    /// <summary>Writes an assertion.</summary>
    public void Assert(string name, string text) => File.WriteAllText(Path.Combine(Assertions, name), text);

    /// <summary>Runs a command within this process, to its end.</summary>
    /// <returns>The lines of its log.</returns>
    /// <exception cref="MigrationException">It failed.</exception>
    public async Task<IReadOnlyList<string>> RunAsync(string commandLine, LogLines? log = null, CancellationToken cancel = default)
    {
        log ??= new LogLines();
        await new Commands(Options(commandLine), Environment(), TimeProvider.System, log.Logger).RunAsync(cancel);
        return log.All;
    }

    /// <summary>Runs a command within this process, and tells how it ends, as the program does.</summary>
    public async Task<(int ExitCode, string Message)> EndAsync(string commandLine, LogLines? log = null, CancellationToken cancel = default)
    {
        try
        {
            var lines = await RunAsync(commandLine, log, cancel);
            return (0, string.Join('\n', lines));
        }
        catch (MigrationException exception)
        {
            return (exception.ExitCode, exception.Message);
        }
        catch (ScriptException exception)
        {
            return (2, exception.Message);
        }
        catch (ConnectionException exception)
        {
            return (3, exception.Message);
        }
    }

    /// <summary>The options of a command line for this database; words are split at spaces.</summary>
    public MigrateOptions Options(string commandLine) => new MigrateCommand([.. commandLine.Split(' '), .. Common], Environment()).Read();

    /// <summary>Starts the native binary.</summary>
    public NativeGate Start(string commandLine, params string[] command) => Start(commandLine, variables: null, command);

    /// <summary>Starts the native binary, with more variables; what is in <paramref name="command"/> follows --.</summary>
    public NativeGate Start(string commandLine, IReadOnlyDictionary<string, string>? variables, params string[] command)
    {
        var all = Environment();
        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
            all[name] = value;
        return NativeGate.Start(
            [.. commandLine.Split(' '), .. Common, .. command.Length > 0 ? ["--", .. command] : command],
            all,
            Repository.Migrate
        );
    }

    /// <summary>Runs the native binary to its end.</summary>
    public async Task<(int ExitCode, string Output, string Log)> NativeAsync(string commandLine, params string[] command)
    {
        await using var gate = Start(commandLine, command);
        var exitCode = await gate.ExitAsync();
        return (exitCode, gate.Output, gate.Log);
    }

    public Dictionary<string, string> Environment() =>
        new(StringComparer.Ordinal)
        {
            ["DATABASE_URL"] = Url,
            ["PATH"] = "/usr/bin:/bin",
            ["MIGRATE_TERMINATION_LOG"] = TerminationLog,
        };

    /// <summary>Where the reason is left.</summary>
    public string TerminationLog => Path.Combine(_folder, "termination-log");

    /// <summary>A folder that goes with the test.</summary>
    public string Folder => _folder;

    private string[] Common => ["--locations", Sql, "--assertions", Assertions, "--connect-retries", "0"];

    /// <summary>What the database holds: columns, indexes with their validity, constraints, views, routines, types and sequences, and the
    /// history without its times; not the deployment log and the journal.</summary>
    public Task<IReadOnlyList<string>> DumpAsync() =>
        QueryAsync(
            """
            SELECT line FROM (
                SELECT format('column %s.%s.%s %s %s %s', table_schema, table_name, column_name, data_type, is_nullable,
                        column_default) AS line
                    FROM information_schema.columns
                    WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
                        AND table_name NOT IN ('schema_deployment_log', 'migrate_journal')
                UNION ALL SELECT format('index %s %s %s', indexrelid::regclass, indisvalid, pg_get_indexdef(indexrelid))
                    FROM pg_index JOIN pg_class c ON c.oid = indrelid
                    WHERE c.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
                        AND c.relname NOT IN ('schema_deployment_log', 'migrate_journal')
                UNION ALL SELECT format('constraint %s %s', conname, pg_get_constraintdef(k.oid))
                    FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid
                    WHERE c.relname NOT IN ('schema_deployment_log', 'migrate_journal')
                        AND c.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
                UNION ALL SELECT format('routine %s', p.oid::regprocedure)
                    FROM pg_proc p WHERE p.pronamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
                UNION ALL SELECT format('schema %s', nspname) FROM pg_namespace WHERE nspname NOT LIKE 'pg\_%'
            ) all_of_it ORDER BY line
            """
        );

    /// <summary>The rows of the history: version, script, success.</summary>
    public Task<IReadOnlyList<string>> HistoryAsync() =>
        QueryAsync("SELECT version, script, success FROM flyway_schema_history ORDER BY installed_rank");

    /// <summary>Asks until a query returns true.</summary>
    public Task UntilAsync(string sql) =>
        Poll.UntilAsync(sql, TimeSpan.FromMinutes(3), async _ => (await QueryAsync(sql)) is ["True"], CancellationToken.None);

    /// <summary>A connection of the test's own.</summary>
    /// <param name="statements">What it runs at once, each as its own message: the setting of Npgsql that splits them is off.</param>
    public async Task<Npgsql.NpgsqlConnection> ConnectAsync(params string[] statements)
    {
        var connection = await PostgresServer.ConnectAsync(Url);
        foreach (var statement in statements)
        {
            await using var command = new Npgsql.NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }

        return connection;
    }

    /// <summary>All rows of a query, each as its columns' texts separated by a bar.</summary>
    public Task<IReadOnlyList<string>> QueryAsync(string sql) => PostgresServer.QueryAsync(Url, sql);

    /// <summary>Runs statements, each by itself, on one connection.</summary>
    public async Task ExecuteAsync(params string[] scripts)
    {
        await using var connection = await ConnectAsync();
        foreach (var statement in scripts.SelectMany(script => Splitter.Split("test", script)))
        {
            await using var command = new Npgsql.NpgsqlCommand(statement.Text, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<PostgresServer> StartAsync(PostgresPackage package)
    {
        var server = await PostgresServer.StartAsync(package);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(10));
        return server;
    }
}

/// <summary>The log of a run within this process.</summary>
internal sealed class LogLines
{
    private readonly ConcurrentQueue<string> _lines = new();

    public LogLines(LogLevel least = LogLevel.Information) =>
        Logger = TestLogger.Of(least, (level, line) =>
            _lines.Enqueue((level == LogLevel.Warning ? "warning: " : "") + line)
        );

    public ILogger Logger { get; }

    public IReadOnlyList<string> All => [.. _lines];

    /// <summary>Completes when a line holds a text.</summary>
    public Task ContainsAsync(string part) =>
        Poll.UntilAsync(
            part,
            TimeSpan.FromMinutes(3),
            _ => Task.FromResult(_lines.Any(line => line.Contains(part, StringComparison.Ordinal))),
            CancellationToken.None
        );
}
