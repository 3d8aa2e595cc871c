using System.Globalization;
using WaitFor.Testing;
using Xunit.Abstractions;

namespace WaitFor.Migrate.Tests;

/// <summary>SIGTERM and SIGKILL at random moments: a rerun always ends where an undisturbed run does.</summary>
public abstract class KillTests(PostgresPackage package, ITestOutputHelper output) : ServerTests(package)
{
    /// <summary>In place of the rounds of each kind; for a longer run than that of every commit.</summary>
    private static readonly string? Rounds = Environment.GetEnvironmentVariable("MIGRATE_KILL_ROUNDS");

    private const string Locks =
        "SELECT count(*) = 0 FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = "
        + "current_database())";

    /// <param name="kind">Which scripts: ours, those in Flyway's style (COMMIT inside, COPY, callbacks), or a group.</param>
    /// <param name="rounds">How many runs are cut, three times each.</param>
    [NativeTheory]
    [InlineData("ours", 50)]
    [InlineData("flyway", 20)]
    [InlineData("group", 10)]
    public async Task A_rerun_ends_in_the_schema_of_an_undisturbed_run(string kind, int rounds)
    {
        rounds = Rounds is null ? rounds : int.Parse(Rounds, CultureInfo.InvariantCulture);
        using var undisturbed = await PrepareAsync(kind);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await using (var run = Start(undisturbed, kind))
            Assert.True(await run.ExitAsync() == 0, run.Log);
        var whole = watch.Elapsed;
        var (dump, history, data) = (await undisturbed.DumpAsync(), await undisturbed.HistoryAsync(), await DataAsync(undisturbed));

        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}, an undisturbed run takes {whole.TotalMilliseconds:0} ms");
        var tally = new int[4];
        var gate = new SemaphoreSlim(3);
        await Task.WhenAll(
            Enumerable
                .Range(0, rounds)
                .Select(async round =>
                {
                    await gate.WaitAsync();
                    try
                    {
                        await RoundAsync(kind, round, new Random(seed + round), whole, (dump, history, data), tally);
                    }
                    finally
                    {
                        gate.Release();
                    }
                })
        );
        output.WriteLine(
            $"{tally[0]} ended by themselves, {tally[1]} by SIGTERM, {tally[2]} by SIGKILL; {tally[3]} invalid indexes were left in between"
        );
        Assert.True(tally[1] > rounds / 5 && tally[2] > rounds / 5, "hardly any run was cut");
    }

    private static NativeGate Start(Bed bed, string kind) =>
        bed.Start("up --release r1", new Dictionary<string, string> { ["FLYWAY_GROUP"] = kind == "group" ? "true" : "false" });

    private async Task RoundAsync(
        string kind,
        int round,
        Random random,
        TimeSpan whole,
        (IReadOnlyList<string> Dump, IReadOnlyList<string> History, IReadOnlyList<string> Data) expected,
        int[] tally
    )
    {
        using var bed = await PrepareAsync(kind);
        for (var cut = 0; cut < 3; cut++)
        {
            var before = await DeploymentsAsync(bed, "started");
            await using var run = Start(bed, kind);
            var signal = random.Next(2) == 0 ? 15 : 9;
            // A random moment is what is tested.
            await Task.WhenAny(run.EndAsync(), Task.Delay(whole * random.NextDouble()));
            run.Signal(signal);
            var exitCode = await run.ExitAsync();
            Interlocked.Increment(
                ref tally[
                    exitCode switch
                    {
                        0 => 0,
                        143 => 1,
                        _ => 2,
                    }
                ]
            );
            Assert.True(exitCode is 0 || exitCode == (signal == 15 ? 143 : 137), $"round {round}: {exitCode}\n{run.Log}");
            // One that comes before the program listens ends it without a word.
            if (exitCode == 143 && run.Log.Length > 0)
                Assert.Contains("SIGTERM: interrupted", run.Log, StringComparison.Ordinal);
            // (An earlier SIGKILL may have left one, which the next run that gets as far as stamping ends.)
            if (exitCode == 143)
                Assert.Empty((await DeploymentsAsync(bed, "started")).Except(before));
            // Whatever the server still does for it, the lock goes with it.
            await bed.UntilAsync(Locks);
            if (kind == "ours")
                await ConsistentAsync(bed, round);
            // All or none.
            if (kind == "group" && await HasAsync(bed, "flyway_schema_history"))
                Assert.Contains((await bed.HistoryAsync()).Count, new[] { 0, expected.History.Count });
            if (await HasAsync(bed, "users") && (await bed.QueryAsync("SELECT count(*) FROM pg_index WHERE NOT indisvalid"))[0] != "0")
                Interlocked.Increment(ref tally[3]);
        }

        await using (var run = Start(bed, kind))
            Assert.True(await run.ExitAsync() == 0, $"round {round}: {run.Log}");
        Assert.Equal(expected.Dump, await bed.DumpAsync());
        Assert.Equal(expected.History, await bed.HistoryAsync());
        Assert.Equal(expected.Data, await DataAsync(bed));
        Assert.Equal(["0"], await bed.QueryAsync("SELECT count(*) FROM pg_index WHERE NOT indisvalid"));
        if (kind != "group")
            Assert.Equal(["0"], await bed.QueryAsync("SELECT count(*) FROM migrate_journal"));
        Assert.Equal([], await DeploymentsAsync(bed, "started"));
        Assert.Equal(["True"], await bed.QueryAsync(Locks));
    }

    /// <summary>Recorded is what has happened, and only that: each transactional script leaves a row in steps.</summary>
    private static async Task ConsistentAsync(Bed bed, int round)
    {
        if (!await HasAsync(bed, "flyway_schema_history"))
            return;
        var recorded = (
            await bed.QueryAsync("SELECT version FROM flyway_schema_history WHERE success AND version IN ('1', '2', '3', '5') ORDER BY 1")
        ).ToList();
        var done = !await HasAsync(bed, "steps")
            ? []
            : (await bed.QueryAsync("SELECT step FROM steps WHERE step IN (1, 2, 3, 5) ORDER BY 1")).ToList();
        Assert.True(recorded.SequenceEqual(done), $"round {round}: recorded {string.Join(' ', recorded)}, done {string.Join(' ', done)}");
        if (recorded.Contains("5"))
            Assert.Equal(
                ["2|True"],
                await bed.QueryAsync("SELECT count(*), bool_and(indisvalid) FROM pg_index WHERE indrelid = 'users'::regclass")
            );
    }

    private static async Task<bool> HasAsync(Bed bed, string table) =>
        (await bed.QueryAsync($"SELECT to_regclass('{table}') IS NOT NULL"))[0] == "True";

    private static async Task<IReadOnlyList<string>> DeploymentsAsync(Bed bed, string status) =>
        await HasAsync(bed, "schema_deployment_log")
            ? await bed.QueryAsync($"SELECT id FROM schema_deployment_log WHERE status = '{status}'")
            : [];

    private static async Task<IReadOnlyList<string>> DataAsync(Bed bed) =>
        [
            .. await bed.QueryAsync("SELECT step, count(*) FROM steps GROUP BY 1 ORDER BY 1"),
            .. await bed.QueryAsync("SELECT count(*), sum(id), count(seen), min(name) FROM users"),
            .. await HasAsync(bed, "audit") ? await bed.QueryAsync("SELECT what, count(*) FROM audit GROUP BY 1 ORDER BY 1") : [],
        ];

    /// <summary>Data in the script, transactions that end in it, statements that cannot run in one, and callbacks around each.</summary>
    private async Task<Bed> PrepareFlywayAsync(bool group)
    {
        var bed = await CreateBedAsync();
        var rows = string.Concat(Enumerable.Range(1, 2000).Select(id => $"{id}\tu{id}\n"));
        bed.Write("beforeEachMigrate.sql", "CREATE TABLE IF NOT EXISTS audit (what text); INSERT INTO audit VALUES ('before');");
        bed.Write("afterEachMigrate__a.sql", "INSERT INTO audit VALUES ('after'); SELECT pg_sleep(0.002);");
        bed.Write(
            "V1__dump.sql",
            $"\\restrict abc\nCREATE TABLE steps (step int); CREATE TABLE users (id int, name text);\nCOPY users FROM stdin;\n{rows}\\.\n"
                + "INSERT INTO steps VALUES (1); SELECT pg_sleep(0.01);\n\\unrestrict abc\n"
        );
        if (!group)
        {
            bed.Write(
                "V2__commits.sql",
                "BEGIN; INSERT INTO steps VALUES (2); ALTER TABLE users ADD seen int; COMMIT;\nINSERT INTO steps VALUES (22); SELECT "
                    + $"pg_sleep(0.005); COMMIT; SELECT pg_sleep(0.003);\nCOPY users (id, name) FROM stdin;\n{rows}\\.\nSELECT "
                    + "pg_sleep(0.005); COMMIT; INSERT INTO steps VALUES (0); ROLLBACK; INSERT INTO steps VALUES (222);"
            );
            bed.Write("V3__apart.sql", "CREATE INDEX CONCURRENTLY users_id ON users (id); INSERT INTO steps VALUES (3); VACUUM users;");
        }

        bed.Write("V4__last.sql", "ALTER TABLE users ADD IF NOT EXISTS seen int; INSERT INTO steps VALUES (4); SELECT pg_sleep(0.01);");
        bed.Write("R__view.sql", "CREATE OR REPLACE VIEW names AS SELECT name FROM users;");
        return bed;
    }

    private async Task<Bed> PrepareAsync(string kind)
    {
        if (kind != "ours")
            return await PrepareFlywayAsync(kind == "group");
        var bed = await CreateBedAsync();
        bed.Write(
            "V1__users.sql",
            "CREATE TABLE steps (step int); INSERT INTO steps VALUES (1); CREATE TABLE users (id int, name text); INSERT INTO users "
                + "SELECT i, 'u' || i FROM generate_series(1, 3000) i; SELECT pg_sleep(0.01);"
        );
        bed.Write(
            "V2__column.sql",
            "INSERT INTO steps VALUES (2); SELECT pg_sleep(0.005); ALTER TABLE users ADD seen int; SELECT pg_sleep(0.005);"
        );
        bed.Write("V3__data.sql", "INSERT INTO steps VALUES (3); UPDATE users SET name = upper(name); SELECT pg_sleep(0.01);");
        bed.Write(
            "V4__index.sql",
            "INSERT INTO steps VALUES (4); CREATE INDEX CONCURRENTLY users_name ON users (name); SELECT pg_sleep(0.005); CREATE UNIQUE "
                + "INDEX CONCURRENTLY IF NOT EXISTS users_id ON users (id); CREATE INDEX CONCURRENTLY gone ON users (seen); DROP INDEX "
                + "CONCURRENTLY gone; VACUUM users; INSERT INTO steps VALUES (44);"
        );
        bed.Write("V5__last.sql", "INSERT INTO steps VALUES (5); ALTER TABLE users ALTER id SET NOT NULL;");
        bed.Write(
            "V6__backfill.sql",
            "DO $$BEGIN FOR i IN 1..3000 BY 1000 LOOP UPDATE users SET seen = 1 WHERE id >= i AND id < i + 1000; COMMIT; PERFORM "
                + "pg_sleep(0.003); END LOOP; END$$; ALTER TABLE users ALTER seen SET NOT NULL;"
        );
        bed.Write("V6__backfill.sql.conf", "executeInTransaction=false");
        bed.Write("R__view.sql", "CREATE OR REPLACE VIEW names AS SELECT name FROM users;");
        return bed;
    }

    [NativeTheory]
    [InlineData("V1__t.sql", "CREATE TABLE t (id int); SELECT pg_sleep(100);")]
    [InlineData("V1__t.sql", "VACUUM pg_class; SELECT pg_sleep(100);")]
    [InlineData(
        "V1__t.sql",
        "CREATE TABLE t (id int); CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(100); RETURN NEW; "
            + "END'; CREATE TRIGGER slow BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION slow();\nCOPY t FROM stdin;\n1\n2\n\\.\n"
    )]
    public async Task SIGTERM_cancels_the_statement_rolls_back_stamps_and_ends_with_143(string name, string script)
    {
        using var bed = await CreateBedAsync();
        bed.Write(name, script);
        await using var run = bed.Start("up --release r1");
        await bed.UntilAsync("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep')");
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        run.Signal(15);

        Assert.Equal(143, await run.ExitAsync());
        var took = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        output.WriteLine($"ended after {took.ToString("0", CultureInfo.InvariantCulture)} ms");
        Assert.Equal("SIGTERM: interrupted; what had not finished was rolled back", await File.ReadAllTextAsync(bed.TerminationLog));
        Assert.Equal(["interrupted|True"], await bed.QueryAsync("SELECT status, finished_at IS NOT NULL FROM schema_deployment_log"));
        Assert.Equal(["False"], await bed.QueryAsync("SELECT to_regclass('t') IS NOT NULL"));
        Assert.Equal(
            ["0"],
            await bed.QueryAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'")
        );
        Assert.Empty(await bed.HistoryAsync());
    }

    [NativeTheory]
    [InlineData("lock")]
    [InlineData("table")]
    [InlineData("database")]
    public async Task SIGTERM_ends_any_wait(string what)
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__t.sql", "CREATE TABLE t (id int);");
        await bed.RunAsync("up");
        bed.Write("V2__t.sql", "ALTER TABLE t ADD a int;");
        await using var other = await bed.ConnectAsync();
        foreach (var sql in what == "lock" ? new[] { "SELECT pg_advisory_lock(77433833903597)" } : ["BEGIN", "LOCK TABLE t"])
        {
            await using var command = new Npgsql.NpgsqlCommand(sql, other);
            await command.ExecuteNonQueryAsync();
        }

        await using var run =
            what == "database"
                ? NativeGate.Start(["up", "--locations", bed.Sql, "--url", "postgres://a:b@127.0.0.1:1/x"], executable: Repository.Migrate)
                : bed.Start("up --statement-lock-timeout 100ms --lock-retries 1000");
        await run.LogsAsync(
            what switch
            {
                "lock" => "waiting for the lock",
                "table" => "could not acquire a lock within 100ms",
                _ => "attempt 2 of 11",
            }
        );
        run.Signal(15);

        Assert.Equal(143, await run.ExitAsync());
        if (what == "table")
            await other.DisposeAsync();
        Assert.Equal(["1|V1__t.sql|True"], await bed.HistoryAsync());
    }
}

public sealed class KillTestsOnDebian(ITestOutputHelper output) : KillTests(PostgresPackage.Debian, output);

public sealed class KillTestsOn18(ITestOutputHelper output) : KillTests(PostgresPackage.Npm, output);
