using WaitFor.Migrate.Sql;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests;

/// <summary>What scripts in Flyway's style do that the recordings do not show: resumption, callbacks around it, and what was decided
/// otherwise.</summary>
public sealed class FlywayScriptTests
{
    [PostgresTheory]
    // Each: the script, what stays of it when a statement fails in the middle, and what exists after the rerun.
    [InlineData("BEGIN; INSERT INTO t VALUES (1); COMMIT; BEGIN; INSERT INTO t VALUES (2); GATE; COMMIT; SELECT 3;", "1", "1,2")]
    [InlineData("INSERT INTO t VALUES (1); COMMIT; INSERT INTO t VALUES (2); COMMIT; GATE; INSERT INTO t VALUES (3);", "1,2", "1,2,3")]
    [InlineData("INSERT INTO t VALUES (1); ROLLBACK; INSERT INTO app.t VALUES (2); COMMIT; GATE;", "2", "2")]
    [InlineData("INSERT INTO t VALUES (1); GATE; COMMIT; INSERT INTO t VALUES (2);", "", "1,2")]
    [InlineData("SET app.x = '7'; COMMIT; GATE; INSERT INTO t VALUES (current_setting('app.x')::int);", "", "7")]
    [InlineData("INSERT INTO t VALUES (1); COMMIT; COPY t FROM stdin;\n2\n3\n\\.\nGATE; COMMIT;", "1", "1,2,3")]
    [InlineData("BEGIN; INSERT INTO t VALUES (1); COMMIT; VACUUM t; GATE; INSERT INTO t VALUES (2);", "1", "1,2")]
    public async Task A_script_that_commits_goes_on_after_its_last_commit(string script, string stays, string after)
    {
        using var bed = await Bed.CreateAsync();
        await bed.ExecuteAsync(
            "CREATE SCHEMA app; CREATE TABLE app.gate (n int); INSERT INTO app.gate VALUES (0); CREATE TABLE app.t (i int);"
        );
        bed.Write("V1__x.sql", "SET search_path = app; " + script.Replace("GATE", "SELECT 1/n FROM app.gate", StringComparison.Ordinal));
        var failed = await bed.EndAsync("up");

        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("division by zero", failed.Message, StringComparison.Ordinal);
        Assert.Equal(stays, await RowsAsync(bed));
        Assert.Empty(await bed.HistoryAsync());

        await bed.ExecuteAsync("UPDATE app.gate SET n = 1");
        await bed.RunAsync("up");

        Assert.Equal(after, await RowsAsync(bed));
        Assert.Equal(["1|V1__x.sql|True"], await bed.HistoryAsync());
        Assert.Equal(["0"], await bed.QueryAsync("SELECT count(*) FROM migrate_journal"));
        Assert.Equal(["nothing to do: the database is at version 1"], await bed.RunAsync("up"));
    }

    [PostgresTheory]
    [InlineData("INSERT INTO t VALUES (1); INSERT INTO t VALUES (9); COMMIT; SELECT 1/0;", "was changed after it ran")]
    [InlineData("INSERT INTO t VALUES (4); COMMIT; SELECT 1/1;", "was changed after it ran")]
    [InlineData("INSERT INTO t VALUES (1); SELECT 1/1;", "was changed after it ran")]
    [InlineData("CREATE TEMP TABLE", "cannot be resumed: V3__x.sql, line 1: the script makes the temporary table x")]
    public async Task What_cannot_be_resumed_is_said_and_nothing_runs_twice(string changed, string why)
    {
        using var bed = await Bed.CreateAsync();
        var isTemporary = changed.StartsWith("CREATE TEMP", StringComparison.Ordinal);
        await bed.ExecuteAsync("CREATE TABLE old (i int);");
        bed.Write("V2__t.sql", "CREATE TABLE t (i int);");
        await bed.RunAsync("up --baseline-on-migrate");
        bed.Write(
            "V3__x.sql",
            isTemporary
                ? "CREATE TEMP TABLE x (i int); COMMIT; SELECT i/0 FROM (SELECT 1 AS i) s; SELECT * FROM x;"
                : "INSERT INTO t VALUES (1); COMMIT; SELECT 1/0;"
        );
        Assert.Equal(1, (await bed.EndAsync("up")).ExitCode);
        if (!isTemporary)
            bed.Write("V3__x.sql", changed);

        var end = await bed.EndAsync("up");

        Assert.Equal(4, end.ExitCode);
        Assert.Contains(why, end.Message, StringComparison.Ordinal);
        Assert.Equal([isTemporary ? "0" : "1"], await bed.QueryAsync("SELECT count(*) FROM t"));
    }

    [PostgresFact]
    public async Task A_script_that_commits_is_a_warning()
    {
        using var bed = await Bed.CreateAsync();
        bed.Write("V1__x.sql", "CREATE TABLE a (i int);\nCOMMIT;\nCREATE TABLE b (i int);");

        Assert.Contains(await bed.RunAsync("up"), line =>
            line.StartsWith("warning: V1__x.sql, line 2: the script ends its transaction itself", StringComparison.Ordinal)
        );
    }

    [PostgresFact]
    public async Task A_failing_COPY_names_the_script_its_line_and_the_row()
    {
        using var bed = await Bed.CreateAsync();
        bed.Write("V1__x.sql", "CREATE TABLE t (i int);\nCOPY t FROM stdin;\n1\nx\n\\.\nSELECT 1;");

        var (exitCode, message) = await bed.EndAsync("up");

        Assert.Equal(1, exitCode);
        Assert.StartsWith(
            "V1__x.sql, line 2, column 1: invalid input syntax for type integer: \"x\" (SQLSTATE 22P02)",
            message,
            StringComparison.Ordinal
        );
        Assert.Contains("COPY t, line 2, column i: \"x\"", message, StringComparison.Ordinal);
        Assert.Equal(["False"], await bed.QueryAsync("SELECT to_regclass('t') IS NOT NULL"));
    }

    [PostgresFact]
    public async Task What_a_script_sets_lasts_but_for_what_is_ours()
    {
        using var bed = await Bed.CreateAsync();
        bed.Write(
            "V1__x.sql",
            "SET app.x = 'one'; SET statement_timeout = '50s'; SET lock_timeout = '50s'; SET search_path = pg_catalog; "
                + "SET default_transaction_read_only = on; SET standard_conforming_strings = off; SET row_security = off;"
        );
        bed.Write(
            "V2__y.sql",
            "CREATE TABLE t AS SELECT concat_ws('|', current_setting('app.x'), current_setting('statement_timeout'), "
                + "current_setting('lock_timeout'), current_setting('search_path'), current_setting('standard_conforming_strings'), "
                + "current_setting('row_security')) AS is;"
        );

        await bed.RunAsync("up --release r1");

        Assert.Equal(["one|50s|5s|\"public\",\"$user\", public|on|off"], await bed.QueryAsync("SELECT \"is\" FROM t"));
        Assert.Equal(["succeeded"], await bed.QueryAsync("SELECT status FROM schema_deployment_log"));
    }

    [PostgresFact]
    public async Task A_description_that_an_earlier_version_wrote_is_named_and_taken_over()
    {
        using var bed = await Bed.CreateAsync();
        bed.Write("V1.sql", "CREATE TABLE a (i int);");
        await bed.RunAsync("up");
        await bed.ExecuteAsync($"UPDATE flyway_schema_history SET description = '{Plan.NoDescription}'");
        var warning = "V1.sql: an earlier version of migrate wrote \"<< no description >>\" into the history";

        Assert.StartsWith("warning: " + warning, (await bed.RunAsync("up"))[0], StringComparison.Ordinal);
        var invalid = await bed.EndAsync("validate");
        Assert.Equal(4, invalid.ExitCode);
        Assert.StartsWith(warning, invalid.Message, StringComparison.Ordinal);
        await bed.RunAsync("repair");

        Assert.Equal(["|V1.sql"], await bed.QueryAsync("SELECT description, script FROM flyway_schema_history"));
        Assert.Equal(0, (await bed.EndAsync("validate")).ExitCode);
    }

    [PostgresFact]
    public async Task Callbacks_after_an_error_run_after_the_rollback_and_hide_nothing()
    {
        using var bed = await Bed.CreateAsync();
        await bed.ExecuteAsync("CREATE SCHEMA audit; CREATE TABLE audit.log (what text, at int GENERATED ALWAYS AS IDENTITY)");
        foreach (var name in new[] { "beforeMigrate", "beforeEachMigrate", "afterEachMigrateError", "afterMigrateError", "afterMigrate" })
            bed.Write($"{name}.sql", $"INSERT INTO audit.log VALUES ('{name} ' || '${{flyway:filename}}')");
        bed.Write("afterMigrateError__second.sql", "SELECT nonsense;");
        bed.Write("V1__x.sql", "CREATE TABLE x (i int);\nSELECT 1/0;");
        var log = new LogLines();

        var (exitCode, message) = await bed.EndAsync("up", log);

        Assert.Equal(1, exitCode);
        Assert.StartsWith("V1__x.sql, line 2, column 1: division by zero", message, StringComparison.Ordinal);
        Assert.Contains(log.All, line =>
            line.StartsWith("warning: afterMigrateError__second.sql, line 1, column 8: column \"nonsense\"", StringComparison.Ordinal)
        );
        Assert.Equal(
            new[] { "beforeMigrate", "afterEachMigrateError", "afterMigrateError" }.Select(name => $"{name} {name}.sql"),
            await bed.QueryAsync("SELECT what FROM audit.log ORDER BY at")
        );
    }

    [PostgresTheory]
    [InlineData("SELECT 1; COMMIT; SELECT 1/n FROM gate;")]
    [InlineData("VACUUM gate; SELECT 1/n FROM gate;")]
    public async Task Callbacks_around_a_script_that_is_resumed_run_once(string script)
    {
        using var bed = await Bed.CreateAsync();
        await bed.ExecuteAsync("CREATE TABLE gate (n int); INSERT INTO gate VALUES (0); CREATE TABLE log (what text);");
        bed.Write("beforeEachMigrate.sql", "INSERT INTO log VALUES ('before');");
        bed.Write("afterEachMigrate.sql", "INSERT INTO log VALUES ('after');");
        bed.Write("V2__x.sql", script);
        Assert.Equal(1, (await bed.EndAsync("up --baseline-on-migrate")).ExitCode);
        Assert.Equal(["before"], await bed.QueryAsync("SELECT what FROM log"));
        await bed.ExecuteAsync("UPDATE gate SET n = 1");

        await bed.RunAsync("up");

        Assert.Equal(["before", "after"], await bed.QueryAsync("SELECT what FROM log"));
    }

    private static async Task<string> RowsAsync(Bed bed) => string.Join(',', await bed.QueryAsync("SELECT i FROM app.t ORDER BY i"));
}
