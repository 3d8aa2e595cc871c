using System.Globalization;
using WaitFor.Testing;

namespace WaitFor.Bench;

/// <summary>A backfill of a large table under traffic: in batches against one UPDATE, and the size that adapts against fixed
/// ones.</summary>
/// <param name="server">The server.</param>
/// <param name="migrate">The program.</param>
/// <param name="folder">Takes scripts and logs.</param>
/// <param name="count">Rows of the table.</param>
internal sealed class BatchReport(PostgresServer server, string migrate, string folder, int count)
{
    private const string Template = "backfill";
    private const string Statement = "UPDATE users SET display_name = name || ' (' || id || ')', n = n + 1 WHERE ";
    private const int SigTerm = 15;

    /// <summary>How large the fixed sizes are, in rows.</summary>
    private static readonly int[] Fixed = [1_000, 5_000, 20_000];

    /// <summary>The traffic begins so long before the backfill, and goes on so long behind it: what waited comes into pgbench's
    /// log.</summary>
    private static readonly TimeSpan Around = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    private readonly IReadOnlyDictionary<string, string> _environment = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["HOME"] = folder,
        ["PATH"] = "/usr/bin:/bin",
    };

    /// <summary>What a backfill was like.</summary>
    /// <param name="Elapsed">From the start of migrate to its exit.</param>
    /// <param name="Slowest">The slowest transaction of the traffic, in ms.</param>
    /// <param name="Percentile">99 % of them were quicker, in ms.</param>
    /// <param name="Transactions">How many there were.</param>
    /// <param name="Memory">The peak of migrate's memory, in bytes.</param>
    private sealed record Outcome(TimeSpan Elapsed, double Slowest, double Percentile, int Transactions, double Memory);

    /// <summary>Measures, and prints the table.</summary>
    public async Task MeasureAsync(string serverVersion, TextWriter output)
    {
        var load = Machine.Load;
        await PrepareAsync();
        var table = new Table("total", "slowest query", "99 %", "queries", "memory of migrate");
        var one = await RowAsync(table, "one UPDATE", options: null);
        var adaptive = await RowAsync(table, "batches, size adapts (the defaults)", "");
        var quickest = adaptive.Elapsed;
        foreach (var size in Fixed)
        {
            var text = size.ToString(CultureInfo.InvariantCulture);
            var fixedSize = await RowAsync(table, $"batches of {text} rows", $" size={text} min={text} max={text}");
            quickest = fixedSize.Elapsed < quickest ? fixedSize.Elapsed : quickest;
        }

        table.Aim("slowest query in batches, of that beside one UPDATE", adaptive.Slowest / one.Slowest, 0.5);
        table.Aim("total time, of the best fixed size", adaptive.Elapsed / quickest, 1.3);
        await output.WriteLineAsync(
            $"One run each; {count.ToString(CultureInfo.InvariantCulture)} rows are set, beside pgbench on the same table: 4 clients, 200 "
                + "transactions a second, each an UPDATE and a SELECT of one row by its key."
        );
        await output.WriteLineAsync($"  machine   {Machine.Cores}, Linux {Machine.Kernel}, load {load} at the start, {Machine.Load} at the "
            + "end");
        await output.WriteLineAsync($"  server    PostgreSQL {serverVersion} on the same machine, fsync off\n");
        table.Print(output);
    }

    private async Task PrepareAsync()
    {
        await PostgresServer.ExecuteAsync(server.Url("postgres"), $"CREATE DATABASE {Template}");
        string[] statements =
        [
            "CREATE TABLE users (id bigint PRIMARY KEY, name text, display_name text, n int NOT NULL DEFAULT 0, seen int NOT NULL DEFAULT "
                + "0)",
            $"INSERT INTO users SELECT i, 'user ' || i FROM generate_series(1, {count.ToString(CultureInfo.InvariantCulture)}) i",
            "VACUUM ANALYZE users",
        ];
        foreach (var statement in statements)
            await PostgresServer.ExecuteAsync(server.Url(Template), statement);
    }

    private async Task<Outcome> RowAsync(Table table, string name, string? options)
    {
        var outcome = await RunAsync(options);
        table.Row(
            name,
            string.Create(CultureInfo.InvariantCulture, $"{outcome.Elapsed.TotalSeconds:0.0} s"),
            Table.Ms(outcome.Slowest),
            Table.Ms(outcome.Percentile),
            Table.Number(outcome.Transactions),
            Table.Mb(outcome.Memory)
        );
        return outcome;
    }

    private async Task<Outcome> RunAsync(string? options)
    {
        const string name = "backfill_run";
        await PostgresServer.ExecuteAsync(server.Url("postgres"), $"CREATE DATABASE {name} TEMPLATE {Template}");
        var (place, log) = (Directory.CreateDirectory(Path.Combine(folder, "run")).FullName, Path.Combine(folder, "log"));
        await File.WriteAllTextAsync(
            Path.Combine(place, "V1__fill.sql"),
            options is null ? $"{Statement}true;\n" : $"-- migrate: batch table=users key=id{options}\n{Statement}${{batch}};\n"
        );
        try
        {
            using var traffic = await TrafficAsync(server.Url(name), place);
            await Task.Delay(Around);
            using var run = Child.Start(
                [migrate, "up", "--url", server.Url(name), "--locations", place, "--baseline-on-migrate", "--baseline-version", "0"],
                _environment,
                log
            );
            var memory = 0.0;
            while (!run.End.IsCompleted)
            {
                memory = Math.Max(memory, Peak(run));
                await Task.WhenAny(run.End, Task.Delay(Glance));
            }

            var end = await run.End;
            if (end.ExitCode != 0)
                throw new MeasureException($"migrate ended with {end.ExitCode}: {(await File.ReadAllTextAsync(log)).Trim()}");
            await Task.Delay(Around);
            traffic.Signal(SigTerm);
            await traffic.End;
            var wrong = await PostgresServer.QueryAsync(server.Url(name), "SELECT count(*) FROM users WHERE n <> 1 OR display_name IS "
                + "NULL");
            if (wrong[0] != "0")
                throw new MeasureException($"{wrong[0]} rows are not set exactly once");
            var times = Times(place).Order().ToList();
            return new Outcome(end.Elapsed, times[^1], times[(int)(times.Count * 0.99)], times.Count, memory);
        }
        finally
        {
            Directory.Delete(place, recursive: true);
            await PostgresServer.ExecuteAsync(server.Url("postgres"), $"DROP DATABASE {name} WITH (FORCE)");
        }
    }

    private async Task<Child> TrafficAsync(string url, string place)
    {
        var script = Path.Combine(place, "traffic.pgbench");
        await File.WriteAllTextAsync(
            script,
            $"\\set id random(1, {count.ToString(CultureInfo.InvariantCulture)})\nUPDATE users SET seen = seen + 1 WHERE id = :id;\nSELECT "
                + "name "
                + "FROM users WHERE id = :id;\n"
        );
        return Child.Start(
            [
                PostgresServer.Program("pgbench"),
                "--no-vacuum",
                "--client",
                "4",
                "--rate",
                "200",
                "--time",
                "36000",
                "--log",
                "--log-prefix",
                Path.Combine(place, "traffic"),
                "--file",
                script,
                url,
            ],
            _environment,
            Path.Combine(folder, "pgbench")
        );
    }

    /// <summary>The times of pgbench's log, in ms: the third number of each line, in microseconds. The last line may not be whole.
    /// <see href="https://www.postgresql.org/docs/current/pgbench.html"/></summary>
    private static IEnumerable<double> Times(string place) =>
        Directory
            .EnumerateFiles(place, "traffic.*")
            .Where(file => !file.EndsWith(".pgbench", StringComparison.Ordinal))
            .SelectMany(File.ReadLines)
            .Select(line => line.Split(' '))
            .Where(fields => fields.Length >= 7)
            .Select(fields => double.Parse(fields[2], CultureInfo.InvariantCulture) / 1000);

    private static double Peak(Child child)
    {
        try
        {
            return child.PeakMemory();
        }
        catch (MeasureException)
        {
            // It has ended just now.
            return 0;
        }
    }
}
