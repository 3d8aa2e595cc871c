using System.Globalization;
using WaitFor.Testing;
using Xunit.Abstractions;

namespace WaitFor.Migrate.Tests.Batch;

/// <summary>SIGKILL and SIGTERM at random moments of a batched script: in the end every row is set
/// exactly once, and at each moment the rows that are done have no gap.</summary>
public abstract class BatchKillTests(PostgresPackage package, ITestOutputHelper output) : ServerTests(package)
{
    /// <summary>In place of the rounds; for a longer run than that of every commit.</summary>
    private static readonly string? Rounds = Environment.GetEnvironmentVariable("MIGRATE_BATCH_KILL_ROUNDS");

    private const int Rows = 6000;

    private const string Locks =
        "SELECT count(*) = 0 FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = "
        + "current_database())";

    [NativeTheory]
    [InlineData("id", 5)]
    [InlineData("(tenant, code)", 3)]
    public async Task Every_row_is_set_exactly_once(string key, int rounds)
    {
        rounds = Rounds is null ? rounds : int.Parse(Rounds, CultureInfo.InvariantCulture);
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var tally = new Dictionary<int, int>();
        var halfDone = 0;
        // On a busy machine a walk may end before its start is seen: some rounds more then.
        for (var round = 0; round < rounds || (halfDone < rounds / 2 && round < 10 * rounds); round++)
        {
            var (random, cuts) = (new Random(seed + round), 0);
            using var bed = await PrepareAsync(key);
            for (var exitCode = -1; exitCode != 0; cuts++)
            {
                Assert.True(cuts < 200, "it does not come to an end");
                await using var run = bed.Start("up --baseline-on-migrate --baseline-version 0");
                // A random moment of the walk is what is tested: the start of the program is none.
                await Task.WhenAny(run.EndAsync(), StartedAsync(bed));
                await Task.WhenAny(run.EndAsync(), Task.Delay(random.Next(600)));
                var signal = random.Next(3) == 0 ? 15 : 9;
                run.Signal(signal);
                exitCode = await run.ExitAsync();
                tally[exitCode] = tally.GetValueOrDefault(exitCode) + 1;
                Assert.True(exitCode is 0 || exitCode == (signal == 15 ? 143 : 137), $"round {round}: {exitCode}\n{run.Log}");
                await bed.UntilAsync(Locks);
                Assert.Equal(["0"], await bed.QueryAsync(Gaps(key)));
                halfDone += (await bed.QueryAsync("SELECT count(*) FROM t WHERE n = 1"))[0] is not ("0" or "6000") ? 1 : 0;
            }

            Assert.Equal([$"{Rows}|1|1"], await bed.QueryAsync("SELECT count(*), min(n), max(n) FROM t"));
            Assert.Equal(["1"], await bed.QueryAsync("SELECT count(*) FROM flyway_schema_history WHERE version = '43' AND success"));
            Assert.Equal(["0"], await bed.QueryAsync("SELECT count(*) FROM migrate_journal"));
        }

        output.WriteLine(
            $"{rounds} rounds: {string.Join(", ", tally.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} ended with {pair.Key}"))}; "
                + $"{halfDone} were cut half way"
        );
        Assert.True(halfDone >= rounds / 2, "hardly any run was cut half way");
    }

    /// <summary>SIGTERM: the batch in flight ends, exit code 143, and the next run goes on.</summary>
    [NativeFact]
    public async Task SIGTERM_ends_after_the_batch_in_flight()
    {
        using var bed = await PrepareAsync("id");
        // The second batch takes a second.
        await bed.ExecuteAsync(
            "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(1); RETURN NEW; END'",
            "CREATE TRIGGER slow BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.id = 150) EXECUTE FUNCTION slow()"
        );
        await using var run = bed.Start("up --baseline-on-migrate --baseline-version 0");
        await bed.UntilAsync("SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()");
        run.Signal(15);

        Assert.Equal(143, await run.ExitAsync());
        Assert.Contains("V43__fill.sql: stops after 2 batches (", run.Log, StringComparison.Ordinal);
        Assert.Equal(["200"], await bed.QueryAsync("SELECT count(*) FROM t WHERE n = 1"));
        Assert.Equal(0, (await bed.NativeAsync("up")).ExitCode);
        Assert.Equal([$"{Rows}|1|1"], await bed.QueryAsync("SELECT count(*), min(n), max(n) FROM t"));
    }

    /// <summary>Counts the rows that are not done, below one that is.</summary>
    private static string Gaps(string key) =>
        $"SELECT count(*) FROM (SELECT n, max(n) OVER (ORDER BY {key.Trim('(', ')')} ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS "
        + "above FROM t) AS t WHERE n = 0 AND above = 1";

    private static Task StartedAsync(Bed bed) =>
        bed.UntilAsync(
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'migrate%' AND query "
                + "LIKE "
                + "'%AS numbered%'"
        );

    private async Task<Bed> PrepareAsync(string key)
    {
        var bed = await CreateBedAsync();
        await bed.ExecuteAsync(
            "CREATE TABLE t (id bigint PRIMARY KEY, tenant int NOT NULL, code text NOT NULL, n int NOT NULL DEFAULT 0, UNIQUE (tenant, "
                + "code))",
            $"INSERT INTO t SELECT i, i % 7, 'c' || i FROM generate_series(1, {Rows}) i"
        );
        bed.Write(
            "V43__fill.sql",
            $"-- migrate: batch table=t key={key} size=100 min=100 max=100 pause=2ms\nUPDATE t SET n = n + 1 WHERE ${{batch}};\n"
        );
        return bed;
    }
}

public sealed class BatchKillTestsOnDebian(ITestOutputHelper output) : BatchKillTests(PostgresPackage.Debian, output);

public sealed class BatchKillTestsOn18(ITestOutputHelper output) : BatchKillTests(PostgresPackage.Npm, output);
