using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using WaitFor.Migrate.CommandLine;
using WaitFor.Migrate.Sql;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests;

/// <summary>An empty database of a test's own on the server that all tests share, and a folder of scripts.</summary>
internal sealed class Bed : IDisposable
{
    private static readonly Lazy<Task<PostgresServer>> Shared = new(StartAsync);

    private readonly string _folder = Directory.CreateTempSubdirectory("wait-for-migrate-test-").FullName;

    private Bed(string url) => Url = url;

    /// <summary>The database.</summary>
    public string Url { get; }

    /// <summary>The scripts.</summary>
    public string Sql => Directory.CreateDirectory(Path.Combine(_folder, "sql")).FullName;

    /// <summary>The assertions.</summary>
    public string Assertions => Directory.CreateDirectory(Path.Combine(_folder, "assert")).FullName;

    /// <summary>The server that all tests share.</summary>
    public static Task<PostgresServer> ServerAsync() => Shared.Value;

    public static async Task<Bed> CreateAsync() => new(await (await Shared.Value).CreateDatabaseAsync());

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
    public async Task<IReadOnlyList<string>> RunAsync(string commandLine, CancellationToken cancel = default)
    {
        var log = new Lines();
        await new Commands(Options(commandLine), Environment(), TimeProvider.System, log).RunAsync(cancel);
        return log.All;
    }

    /// <summary>The options of a command line for this database; words are split at spaces.</summary>
    public MigrateOptions Options(string commandLine) => new MigrateCommand(
        [.. commandLine.Split(' '), "--locations", Sql, "--assertions", Assertions, "--connect-retries", "0"],
        Environment()).Read();

    public Dictionary<string, string> Environment() => new(StringComparer.Ordinal) { ["DATABASE_URL"] = Url, ["PATH"] = "/usr/bin:/bin" };

    /// <summary>All rows of a query, each as its columns' texts separated by a bar.</summary>
    public Task<IReadOnlyList<string>> QueryAsync(string sql) => PostgresServer.QueryAsync(Url, sql);

    /// <summary>Runs statements, each by itself.</summary>
    public async Task ExecuteAsync(string sql)
    {
        foreach (var statement in Splitter.Split("test", sql))
            await PostgresServer.ExecuteAsync(Url, statement.Text);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<PostgresServer> StartAsync()
    {
        var server = await PostgresServer.StartAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(10));
        return server;
    }

    private sealed class Lines : ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyList<string> All => [.. _lines];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _lines.Enqueue(formatter(state, exception));
    }
}
