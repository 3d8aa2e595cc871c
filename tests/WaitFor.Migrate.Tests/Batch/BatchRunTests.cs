using Npgsql;
using WaitFor.Migrate.Sql;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests.Batch;

/// <summary>A batched script from its first batch to its row in the history, with what comes in between.</summary>
public abstract class BatchRunTests(PostgresPackage package) : ServerTests(package)
{
    private const string Up = "up --baseline-on-migrate --baseline-version 0 --release r1";

    private const string Batches = "SELECT settings::json->>'batches', settings::json->>'changed' FROM migrate_journal WHERE statement = "
        + "-2";

    [PostgresFact]
    public async Task The_history_has_one_row_with_the_checksum_of_the_text_and_the_time_of_the_work()
    {
        using var bed = await BedAsync(rows: 300);
        var text = "-- migrate: batch table=t key=id size=100 max=100 pause=300ms\nUPDATE t SET n = n + 1 WHERE ${batch};\n";
        bed.Write("V1__fill.sql", text);

        var log = await bed.RunAsync(Up);

        Assert.Equal(["300|1|1"], await bed.QueryAsync("SELECT count(*), min(n), max(n) FROM t"));
        // Three pauses of 300 ms do not count.
        Assert.Equal(
            [$"1|fill|SQL|V1__fill.sql|{Checksum.Of(text)}|True|True"],
            await bed.QueryAsync(
                "SELECT version, description, type, script, checksum, success, execution_time < 900 FROM flyway_schema_history WHERE "
                    + "version = '1'"
            )
        );
        Assert.Equal(["0"], await bed.QueryAsync("SELECT count(*) FROM migrate_journal"));
        Assert.Contains("V1__fill.sql: 300 rows changed in 3 batches, 300 rows read", log);
        Assert.Equal("nothing to do: the database is at version 1", (await bed.RunAsync(Up))[0]);
    }

    [PostgresTheory]
    [InlineData("DELETE FROM t WHERE ${batch} AND id % 2 = 0;", "SELECT count(*) FROM t", "100", 100)]
    [InlineData("INSERT INTO copy SELECT id FROM t WHERE ${batch};", "SELECT count(*), count(DISTINCT id) FROM copy", "200|200", 200)]
    [InlineData(
        "WITH gone AS (DELETE FROM t WHERE ${batch} RETURNING id) INSERT INTO copy SELECT id FROM gone;",
        "SELECT count(*), (SELECT count(*) FROM t) FROM copy",
        "200|0",
        200
    )]
    [InlineData("UPDATE t SET n = n + 1 WHERE ${batch} AND id > 1000;", "SELECT sum(n) FROM t", "0", 0)]
    public async Task Each_kind_of_statement(string statement, string query, string expected, int changed)
    {
        using var bed = await BedAsync(rows: 200);
        await bed.ExecuteAsync("CREATE TABLE copy (id int)");
        bed.Write("V1__fill.sql", $"-- migrate: batch table=t key=id size=30 max=30 min=30\n{statement}\n");

        var log = await bed.RunAsync(Up);

        Assert.Equal([expected], await bed.QueryAsync(query));
        Assert.Contains($"V1__fill.sql: {changed} rows changed in 7 batches, 200 rows read", log);
    }

    [PostgresFact]
    public async Task An_empty_table_is_done_at_once_and_the_scripts_settings_hold_after_it()
    {
        using var bed = await BedAsync(rows: 0);
        bed.Write("V1__fill.sql", "-- migrate: batch table=t key=id\nSET app.mark = 'x';\nUPDATE t SET n = 1 WHERE ${batch};\n");
        bed.Write("V2__see.sql", "CREATE TABLE seen AS SELECT current_setting('app.mark') AS mark;");

        Assert.Contains("V1__fill.sql: the table t has no rows", await bed.RunAsync(Up));

        Assert.Equal(["x"], await bed.QueryAsync("SELECT mark FROM seen"));
        Assert.Equal(["1|True", "2|True"], await bed.QueryAsync("SELECT version, success FROM flyway_schema_history WHERE version <> '0' "
            + "ORDER BY 1"));
    }

    /// <summary>A signal: the batch in flight ends, the next run continues after it, and info says how far it is.</summary>
    [PostgresFact]
    public async Task A_run_that_is_ended_is_continued_and_info_shows_how_far_it_is()
    {
        using var bed = await HalfDoneAsync(rows: 1000, size: 420);

        Assert.Equal(["420|1", "580|0"], await bed.QueryAsync("SELECT count(*), n FROM t GROUP BY n ORDER BY n DESC"));
        Assert.Equal(["1|420"], await bed.QueryAsync(Batches));
        Assert.Equal(["0", "43"], await bed.QueryAsync("SELECT version FROM flyway_schema_history WHERE version = '0' UNION SELECT '43' "
            + "ORDER BY 1"));
        Assert.Contains("Running 42 %", await InfoAsync(bed), StringComparison.Ordinal);
        // Rows that come later are the dual write's duty, up to the end that was fixed at the start.
        await bed.ExecuteAsync("INSERT INTO t (id) VALUES (5000)", "DELETE FROM t WHERE id IN (421, 500, 1000)");

        bed.Write("V43__fill.sql", Script(420));
        await bed.ExecuteAsync("UPDATE migrate_journal SET checksum = " + Checksum.Of(Script(420)));
        var log = await bed.RunAsync(Up);

        Assert.Contains("V43__fill.sql: 1 batches are done (42 %); this run continues after them", log);
        Assert.Contains("V43__fill.sql: 997 rows changed in 3 batches, 997 rows read", log);
        Assert.Equal(["1|0|5000|5000", "997|1|1|999"], await bed.QueryAsync("SELECT count(*), n, min(id), max(id) FROM t GROUP BY n ORDER "
            + "BY n"));
        Assert.DoesNotContain("Running", await InfoAsync(bed), StringComparison.Ordinal);
    }

    [PostgresTheory]
    [InlineData("-- migrate: batch table=t key=id\nUPDATE t SET n = n + 2 WHERE ${batch};\n")]
    [InlineData("UPDATE t SET n = n + 1;\n")]
    [InlineData("VACUUM t;\nUPDATE t SET n = n + 1;\n")]
    public async Task A_script_that_was_changed_half_way_is_refused_with_what_to_do(string changed)
    {
        using var bed = await HalfDoneAsync(rows: 1000, size: 420);
        bed.Write("V43__fill.sql", changed);

        var (exitCode, message) = await bed.EndAsync(Up);

        Assert.Equal(
            "V43__fill.sql: this batched script was changed after 1 of its batches had run (42 %, 420 rows changed); restore it, or, if "
                + "the "
                + "changed script may run from the first row on, run migrate repair --restart-batch",
            message
        );
        Assert.Equal(4, exitCode);
        Assert.Equal(["420"], await bed.QueryAsync("SELECT sum(n) FROM t"));
        // Without the option nothing is forgotten.
        Assert.Contains("nothing to repair", await bed.RunAsync("repair"));
        Assert.Equal(4, (await bed.EndAsync(Up)).ExitCode);

        Assert.Equal(
            ["V43__fill.sql: begins with the first row again (1 batches were done)", "repaired"],
            await bed.RunAsync("repair --restart-batch")
        );
        Assert.Equal(0, (await bed.EndAsync(Up)).ExitCode);
        var most = changed.Contains("n + 2", StringComparison.Ordinal) ? 3 : 2;
        Assert.Equal([$"{most - 1}|{most}"], await bed.QueryAsync("SELECT min(n), max(n) FROM t"));
    }

    [PostgresFact]
    public async Task A_script_that_has_run_statement_by_statement_does_not_turn_into_batches()
    {
        using var bed = await BedAsync(rows: 10);
        bed.Write("V1__fill.sql", "VACUUM t;\nUPDATE t SET n = n / 0;\n");
        Assert.Equal(1, (await bed.EndAsync(Up)).ExitCode);
        bed.Write("V1__fill.sql", "-- migrate: batch table=t key=id\nUPDATE t SET n = n + 1 WHERE ${batch};\n");

        var (exitCode, message) = await bed.EndAsync(Up);

        Assert.Contains("an earlier run applied a part of this script, which was changed after it ran", message, StringComparison.Ordinal);
        Assert.Equal((4, "0"), (exitCode, (await bed.QueryAsync("SELECT sum(n) FROM t"))[0]));
    }

    [PostgresFact]
    public async Task A_failing_batch_is_shown_with_its_place_and_those_before_it_stay()
    {
        using var bed = await BedAsync(rows: 100);
        bed.Write(
            "V1__fill.sql",
            "-- migrate: batch table=t key=id size=30 max=30 min=30\nSET lock_timeout = '1s';\n"
                + "UPDATE t\nSET n = 1 / (75 - id)\nWHERE ${batch};\n"
        );

        var (exitCode, message) = await bed.EndAsync(Up);

        Assert.StartsWith("V1__fill.sql, line 3, column 1: division by zero (SQLSTATE 22012)", message, StringComparison.Ordinal);
        Assert.EndsWith("The batches before it stay done; the next run continues after them.", message, StringComparison.Ordinal);
        Assert.Equal(1, exitCode);
        Assert.Equal(["2|60"], await bed.QueryAsync(Batches));
        await bed.ExecuteAsync("DELETE FROM t WHERE id = 75");
        Assert.Equal(0, (await bed.EndAsync(Up)).ExitCode);
    }

    [PostgresTheory]
    [InlineData("FLYWAY_GROUP", "true", 2, "it does not run in a transaction, and group=true asks for one transaction for all")]
    [InlineData("FLYWAY_PLACEHOLDERS_BATCH", "true", 0, "100 rows changed in 4 batches")]
    [InlineData("FLYWAY_EXECUTE_IN_TRANSACTION", "false", 0, "100 rows changed in 4 batches")]
    [InlineData("FLYWAY_SKIP_EXECUTING_MIGRATIONS", "true", 0, "written into the history, and not run")]
    public async Task Flyways_settings(string variable, string value, int expected, string part)
    {
        using var bed = await BedAsync(rows: 100);
        bed.Write("V1__fill.sql", "-- migrate: batch table=t key=id size=30 max=30 min=30\nUPDATE t SET n = n + 1 WHERE ${batch};\n");
        bed.Write("V2__other.sql", "CREATE TABLE other (id int);");
        var log = new LogLines();
        var environment = bed.Environment();
        environment[variable] = value;
        string[] line = [.. Up.Split(' '), "--locations", bed.Sql, "--connect-retries", "0"];

        var message = "";
        var exitCode = 0;
        try
        {
            var options = new WaitFor.Migrate.CommandLine.MigrateCommand(line, environment).Read();
            await new Commands(options, environment, TimeProvider.System, log.Logger).RunAsync(CancellationToken.None);
        }
        catch (ScriptException exception)
        {
            (exitCode, message) = (2, exception.Message);
        }

        Assert.Contains(part, message + string.Join('\n', log.All), StringComparison.Ordinal);
        Assert.Equal(expected, exitCode);
    }

    [PostgresFact]
    public async Task Callbacks_run_once_around_all_batches_also_where_the_run_is_cut()
    {
        using var bed = await HalfDoneAsync(
            rows: 1000,
            size: 420,
            prepare: bed =>
            {
                bed.Write("beforeEachMigrate.sql", "INSERT INTO audit VALUES ('before'); SET work_mem = '5MB';");
                bed.Write("afterEachMigrate.sql", "INSERT INTO audit VALUES ('after ' || current_setting('work_mem'));");
            }
        );
        Assert.Equal(["before"], await bed.QueryAsync("SELECT what FROM audit"));

        bed.Write("V43__fill.sql", Script(420));
        await bed.ExecuteAsync("UPDATE migrate_journal SET checksum = " + Checksum.Of(Script(420)) + " WHERE statement = -2");
        await bed.RunAsync(Up);

        Assert.Equal(["after 5MB", "before"], await bed.QueryAsync("SELECT what FROM audit ORDER BY what"));
    }

    /// <summary>The script's role may change the table, and nothing else: history and journal are written as whoever logged in.</summary>
    [PostgresFact]
    public async Task A_script_may_set_its_role()
    {
        using var bed = await BedAsync(rows: 100);
        var role = $"low_{bed.Url[^6..].Replace('/', '_')}_{Package.GetHashCode() & 0xFFFF}";
        await bed.ExecuteAsync($"CREATE ROLE {role}", $"GRANT SELECT, UPDATE ON t TO {role}");
        bed.Write(
            "V1__fill.sql",
            $"-- migrate: batch table=t key=id size=30 max=30 min=30\nSET ROLE {role};\nUPDATE t SET n = n + 1, note = current_user WHERE "
                + "${batch};\n"
        );

        Assert.Equal(0, (await bed.EndAsync(Up)).ExitCode);

        Assert.Equal([$"100|{role}"], await bed.QueryAsync("SELECT sum(n), min(note) FROM t"));
    }

    /// <summary>A row is locked: the batch steps back, smaller, and gets there in the end.</summary>
    [PostgresFact]
    public async Task A_lock_is_waited_for_with_pauses_and_in_smaller_batches()
    {
        using var bed = await BedAsync(rows: 100);
        bed.Write("V1__fill.sql", "-- migrate: batch table=t key=id size=40 min=5 max=40\nUPDATE t SET n = n + 1 WHERE ${batch};\n");
        await using var holder = await bed.ConnectAsync("BEGIN", "SELECT * FROM t WHERE id = 35 FOR UPDATE");
        var log = new LogLines();

        var run = bed.RunAsync($"{Up} --statement-lock-timeout 100ms", log);
        await log.ContainsAsync("V1__fill.sql: could not acquire a lock within 100ms");
        await log.ContainsAsync("attempt 3 of 11");
        // The batch before that row has got smaller, so that the rows below it could be done.
        await bed.UntilAsync("SELECT count(*) > 0 FROM t WHERE n = 1");
        await using (var commit = new NpgsqlCommand("COMMIT", holder))
            await commit.ExecuteNonQueryAsync();
        await run;

        Assert.Equal(["100|1|1"], await bed.QueryAsync("SELECT count(*), min(n), max(n) FROM t"));
    }

    [PostgresFact]
    public async Task A_batch_that_takes_longer_than_statement_timeout_is_tried_again_with_fewer_rows()
    {
        using var bed = await BedAsync(rows: 60);
        await bed.ExecuteAsync(
            "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.02); RETURN NEW; END'",
            "CREATE TRIGGER slow BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION slow()"
        );
        bed.Write("V1__fill.sql", "-- migrate: batch table=t key=id size=60 min=5 max=60\nUPDATE t SET n = n + 1 WHERE ${batch};\n");

        var log = await bed.RunAsync($"{Up} --statement-timeout 700ms");

        Assert.Contains("V1__fill.sql: the server canceled a batch (such as by statement_timeout); it is tried again with 30 rows", log);
        Assert.Equal(["60|1|1"], await bed.QueryAsync("SELECT count(*), min(n), max(n) FROM t"));

        // At the smallest size it fails.
        bed.Write("V2__fill.sql", "-- migrate: batch table=t key=id size=60 min=60\nUPDATE t SET n = n + 1 WHERE ${batch};\n");
        var (exitCode, message) = await bed.EndAsync($"{Up} --statement-timeout 700ms");
        Assert.Contains("(SQLSTATE 57014)", message, StringComparison.Ordinal);
        Assert.Equal(1, exitCode);
    }

    [PostgresFact]
    public async Task Where_many_wait_for_a_batch_the_next_is_smaller_and_comes_later()
    {
        using var bed = await BedAsync(rows: 100);
        // A slow batch, as far as those who wait for it can tell.
        await bed.ExecuteAsync(
            "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.id = 1 THEN PERFORM pg_sleep(2); END IF; RETURN NEW; "
                + "END'",
            "CREATE TRIGGER slow BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.id = 1 AND NEW.note IS NULL) EXECUTE FUNCTION slow()"
        );
        bed.Write(
            "V1__fill.sql",
            "-- migrate: batch table=t key=id size=40 min=10 max=40 target=100ms max-waiting=0\nUPDATE t SET n = n + 1 WHERE ${batch};\n"
        );
        var log = new LogLines();
        var run = bed.RunAsync(Up, log);
        await bed.UntilAsync("SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()");
        await bed.ExecuteAsync("UPDATE t SET note = 'x' WHERE id = 1");
        await run;

        // The slow batch has halved the size once already.
        Assert.Contains(
            log.All,
            line => line.StartsWith("V1__fill.sql: 1 sessions waited for a batch (max-waiting=0); the next one has "
                + "1", StringComparison.Ordinal)
                && line.EndsWith("and comes in 1s", StringComparison.Ordinal)
        );
        Assert.Equal(["100|1|1"], await bed.QueryAsync("SELECT count(*), min(n), max(n) FROM t"));
    }

    [PostgresFact]
    public async Task Plan_says_that_it_runs_in_batches()
    {
        using var bed = await BedAsync(rows: 1);
        bed.Write("V1__fill.sql", "-- migrate: batch table=t key=id\nUPDATE t SET n = n + 1 WHERE ${batch};\n");
        var output = new StringWriter();

        await new Commands(bed.Options("plan --baseline-on-migrate --baseline-version "
            + "0"), bed.Environment(), TimeProvider.System, new LogLines().Logger, output)
            .RunAsync(CancellationToken.None);

        Assert.Contains(
            "-- V1__fill.sql (in batches, along id of t, the first with 1000 rows)\nUPDATE t SET n = n + 1 WHERE ${batch};",
            output.ToString(),
            StringComparison.Ordinal
        );
    }

    private static string Script(int size, string pause = "0s") =>
        $"-- migrate: batch table=t key=id size={size} min={size} max={size} pause={pause}\nUPDATE t SET n = n + 1 WHERE ${{batch}};\n";

    /// <summary>A script whose first batch is done: in the pause after it a signal came.</summary>
    private async Task<Bed> HalfDoneAsync(int rows, int size, Action<Bed>? prepare = null)
    {
        var bed = await BedAsync(rows);
        await bed.ExecuteAsync("ANALYZE t");
        prepare?.Invoke(bed);
        bed.Write("V43__fill.sql", Script(size, "1h"));
        using var signal = new CancellationTokenSource();
        var log = new LogLines();
        var run = bed.EndAsync(Up, log, signal.Token);
        await bed.UntilAsync("SELECT to_regclass('migrate_journal') IS NOT NULL");
        await bed.UntilAsync("SELECT count(*) = 1 FROM migrate_journal WHERE statement = -2");
        await signal.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Contains("V43__fill.sql: stops after 1 batches (42 %); the next run continues after them", log.All);
        return bed;
    }

    private async Task<Bed> BedAsync(int rows)
    {
        var bed = await CreateBedAsync();
        await bed.ExecuteAsync(
            "CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL DEFAULT 0, note text)",
            "CREATE TABLE audit (what text)",
            $"INSERT INTO t (id) SELECT generate_series(1, {rows})"
        );
        return bed;
    }

    private static async Task<string> InfoAsync(Bed bed)
    {
        var output = new StringWriter();
        var commands = new Commands(bed.Options("info"), bed.Environment(), TimeProvider.System, new LogLines().Logger, output);
        await commands.RunAsync(CancellationToken.None);
        return output.ToString();
    }
}

public sealed class BatchRunTestsOnDebian() : BatchRunTests(PostgresPackage.Debian);

public sealed class BatchRunTestsOn18() : BatchRunTests(PostgresPackage.Npm);
