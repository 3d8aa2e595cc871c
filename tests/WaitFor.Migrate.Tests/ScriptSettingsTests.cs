using WaitFor.Testing;

namespace WaitFor.Migrate.Tests;

/// <summary>What a script sets applies until its end, on the first run and on a resumed one; history, journal and the next script do not
/// see
/// it.</summary>
public sealed class ScriptSettingsTests
{
    private const string Clean =
        "SELECT concat_ws('|', current_user, session_user, current_setting('search_path'), current_setting('lock_timeout'), "
        + "current_setting('statement_timeout'), current_setting('default_transaction_read_only'), current_setting('row_security'), "
        + "current_setting('standard_conforming_strings'), coalesce(current_setting('app.tenant', true), '')) AS is";

    /// <summary>A setting, and a condition that is true while it applies. LOW is a role of the test's own.</summary>
    public static TheoryData<string, string> Settings =>
        new()
        {
            { "SET ROLE LOW", "current_user = 'LOW'" },
            { "SET SESSION AUTHORIZATION LOW", "session_user = 'LOW'" },
            { "SET SESSION AUTHORIZATION LOW; SET ROLE LOWER", "session_user = 'LOW' AND current_user = 'LOWER'" },
            { "SELECT set_config('role', 'LOW', false)", "current_user = 'LOW'" },
            { "DO $$ BEGIN PERFORM set_config('role', 'LOW', false); END $$", "current_user = 'LOW'" },
            { "SET search_path = app, pg_temp", "current_setting('search_path') = 'app, pg_temp'" },
            { "SET search_path = ''", "current_setting('search_path') = '\"\"'" },
            { "SET lock_timeout = '30s'", "current_setting('lock_timeout') = '30s'" },
            { "RESET lock_timeout", "current_setting('lock_timeout') = '0'" },
            { "RESET ALL", "current_setting('lock_timeout') = '0'" },
            { "SET statement_timeout = '31s'", "current_setting('statement_timeout') = '31s'" },
            { "SET idle_in_transaction_session_timeout = '32s'", "current_setting('idle_in_transaction_session_timeout') = '32s'" },
            { "SET idle_in_transaction_session_timeout = 1", "current_setting('idle_in_transaction_session_timeout') = '1ms'" },
            { "SET idle_session_timeout = '33s'", "current_setting('idle_session_timeout') = '33s'" },
            { "SET row_security = off", "current_setting('row_security') = 'off'" },
            { "SET default_transaction_read_only = on", "current_setting('transaction_read_only') = 'on'" },
            { "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", "current_setting('transaction_read_only') = 'on'" },
            {
                "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE",
                "current_setting('transaction_isolation') = 'serializable'"
            },
            { "SET standard_conforming_strings = off", "current_setting('standard_conforming_strings') = 'off'" },
            { "SET DateStyle = 'SQL, DMY'", "current_setting('DateStyle') = 'SQL, DMY'" },
            { "SET TIME ZONE 'Asia/Tokyo'", "current_setting('TimeZone') = 'Asia/Tokyo'" },
            { "SET session_replication_role = replica", "current_setting('session_replication_role') = 'replica'" },
            { "SET client_encoding = 'UTF8'", "current_setting('client_encoding') = 'UTF8'" },
            { "SET app.tenant = 'a''b'", "current_setting('app.tenant') = 'a''b'" },
            { "SELECT set_config('app.tenant', 'x', false)", "current_setting('app.tenant') = 'x'" },
            {
                "DO $$ BEGIN SET app.tenant = 'y'; SET work_mem = '77MB'; END $$",
                "current_setting('app.tenant') || current_setting('work_mem') = 'y77MB'"
            },
        };

    [PostgresTheory]
    [MemberData(nameof(Settings))]
    public async Task Holds_to_the_end_of_a_script_outside_a_transaction(string setting, string condition)
    {
        using var bed = await BedAsync();
        (setting, condition) = (Named(bed, setting), Named(bed, condition));
        var probe = $"SELECT 1/(CASE WHEN {condition} THEN 1 ELSE 0 END)";
        const string apart = "VACUUM app.t";
        const string stops = "SELECT 1/n FROM app.gate";
        string[][] places =
        [
            [setting, probe, apart, probe, stops, probe],
            [apart, setting, probe, apart, probe, stops, apart, probe],
            [apart, setting, probe, stops, probe],
        ];
        var version = 0;
        foreach (var place in places)
        {
            foreach (var resumed in new[] { false, true })
            {
                version++;
                bed.Write($"V{version}__x.sql", string.Join(";\n", place) + ";\n");
                var what = $"{setting}, place {Array.IndexOf(places, place)}, resumed {resumed}";
                if (resumed)
                {
                    await bed.ExecuteAsync("UPDATE app.gate SET n = 0");
                    var first = await bed.EndAsync("up --schema hist --release r1");
                    Assert.True(
                        first.ExitCode == 1 && first.Message.Contains("division by zero", StringComparison.Ordinal),
                        $"{what}: {first}"
                    );
                    await bed.ExecuteAsync("UPDATE app.gate SET n = 1");
                }

                var end = await bed.EndAsync("up --schema hist --release r1");
                Assert.True(end.ExitCode == 0, $"{what}: {end}");
            }
        }

        await CleanAsync(bed, version);
        Assert.Equal(["0"], await bed.QueryAsync("SELECT count(*) FROM hist.migrate_journal"));
    }

    [PostgresTheory]
    [MemberData(nameof(Settings))]
    [InlineData("SET LOCAL ROLE LOW", "current_user = 'LOW'")]
    [InlineData("SET LOCAL SESSION AUTHORIZATION LOW", "session_user = 'LOW'")]
    [InlineData("SET LOCAL search_path = app", "current_setting('search_path') = 'app'")]
    [InlineData("SET ROLE LOW; SET LOCAL ROLE LOWER", "current_user = 'LOWER'")]
    [InlineData("SET idle_session_timeout = 1", "current_setting('idle_session_timeout') = '1ms'")]
    [InlineData("SET TRANSACTION READ ONLY", "current_setting('transaction_read_only') = 'on'")]
    [InlineData("SET LOCAL transaction_read_only = on", "current_setting('transaction_read_only') = 'on'")]
    [InlineData("DO $$ BEGIN SET TRANSACTION READ ONLY; END $$", "current_setting('transaction_read_only') = 'on'")]
    public async Task Ends_with_a_script_in_one_transaction(string setting, string condition)
    {
        using var bed = await BedAsync();
        // These are for the transactions to come.
        if (
            !setting.Contains("SESSION CHARACTERISTICS", StringComparison.Ordinal)
            && !setting.Contains("default_", StringComparison.Ordinal)
        )
            setting = $"{setting}; SELECT 1/(CASE WHEN {condition} THEN 1 ELSE 0 END)";
        bed.Write("V1__x.sql", Named(bed, setting) + ";");

        var end = await bed.EndAsync("up --schema hist --release r1");

        Assert.True(end.ExitCode == 0, end.Message);
        await CleanAsync(bed, 1);
    }

    [PostgresFact]
    public async Task An_index_is_built_concurrently_by_another_role()
    {
        using var bed = await BedAsync();
        bed.Write("V1__x.sql", Named(bed, "set role LOW; create table app.l(i int); create index concurrently li on app.l(i);"));

        var end = await bed.EndAsync("up --schema hist");

        Assert.True(end.ExitCode == 0, end.Message);
        Assert.Equal(
            [Named(bed, "LOW|True")],
            await bed.QueryAsync(
                "SELECT relowner::regrole::text, indisvalid FROM pg_index JOIN pg_class ON oid = indexrelid WHERE relname = 'li'"
            )
        );
    }

    [PostgresTheory]
    [InlineData("SET ROLE LOW; SET statement_timeout = '200ms';")]
    [InlineData("SET statement_timeout = '200ms';")]
    public async Task A_time_limit_of_the_script_leaves_no_invalid_index(string settings)
    {
        using var bed = await BedAsync();
        await bed.ExecuteAsync(Named(bed, "CREATE TABLE app.l (i int); ALTER TABLE app.l OWNER TO LOW"));
        await using var holder = await bed.ConnectAsync("BEGIN", "INSERT INTO app.l VALUES (1)");
        bed.Write("V1__x.sql", Named(bed, settings + " CREATE INDEX CONCURRENTLY li ON app.l (i);"));
        var run = bed.EndAsync("up --schema hist");
        // The index cannot be dropped before the transaction ends.
        await bed.UntilAsync(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'DROP INDEX CONCURRENTLY%')"
        );
        await holder.CloseAsync();

        var (exitCode, message) = await run;

        Assert.Equal(1, exitCode);
        Assert.Contains("due to statement timeout (SQLSTATE 57014)", message, StringComparison.Ordinal);
        Assert.Equal(["0"], await bed.QueryAsync("SELECT count(*) FROM pg_index WHERE NOT indisvalid"));
    }

    [PostgresTheory]
    [InlineData("SET lock_timeout = '100ms'; DROP INDEX CONCURRENTLY IF EXISTS app.i;")]
    [InlineData("DROP INDEX CONCURRENTLY IF EXISTS app.i; SET lock_timeout = '100ms';")]
    public async Task The_scripts_own_lock_timeout_wins(string before)
    {
        using var bed = await BedAsync();
        await using var holder = await bed.ConnectAsync("BEGIN", "LOCK TABLE app.t");
        bed.Write("V1__x.sql", $"{before}\nALTER TABLE app.t ADD COLUMN j int;");
        // Ours has no limit: with it, the run would not end.
        var (exitCode, message) = await bed.EndAsync("up --schema hist --statement-lock-timeout 0 --lock-retries 0");

        Assert.Equal(1, exitCode);
        Assert.StartsWith(
            "V1__x.sql, line 2, column 1: canceling statement due to lock timeout (SQLSTATE 55P03)",
            message,
            StringComparison.Ordinal
        );
    }

    [PostgresFact]
    public async Task Deferred_triggers_fire_under_the_scripts_settings()
    {
        using var bed = await BedAsync();
        await bed.ExecuteAsync(
            """
            CREATE TABLE app.fired (by text, path text); GRANT ALL ON app.fired TO PUBLIC;
            CREATE FUNCTION app.fire() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN INSERT INTO app.fired VALUES (current_user, current_setting('search_path')); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER fire AFTER INSERT ON app.t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.fire();
            """
        );
        bed.Write("V1__x.sql", Named(bed, "SET ROLE LOW; SET search_path = app; INSERT INTO t VALUES (1);"));
        bed.Write("V2__x.sql", Named(bed, "SET ROLE LOW; SET search_path = app; INSERT INTO t VALUES (1); VACUUM t;"));

        await bed.RunAsync("up --schema hist");

        Assert.Equal([Named(bed, "LOW|app"), Named(bed, "LOW|app")], await bed.QueryAsync("SELECT * FROM app.fired"));
    }

    [PostgresFact]
    public async Task Settings_that_cannot_be_restored_end_the_run_before_anything_runs()
    {
        using var bed = await BedAsync();
        await bed.ExecuteAsync(Named(bed, "CREATE ROLE LOW_gone"));
        bed.Write("V1__x.sql", Named(bed, "VACUUM app.t; SET ROLE LOW_gone; SELECT 1/0;"));
        Assert.Equal(1, (await bed.EndAsync("up --schema hist")).ExitCode);
        await bed.ExecuteAsync(Named(bed, "DROP ROLE LOW_gone"));

        var (exitCode, message) = await bed.EndAsync("up --schema hist");

        Assert.Equal(1, exitCode);
        Assert.StartsWith(
            "V1__x.sql: the settings that its finished statements made in an earlier run cannot be restored: ",
            message,
            StringComparison.Ordinal
        );
    }

    [PostgresFact]
    public async Task A_local_setting_outside_a_transaction_is_a_warning_and_is_not_restored()
    {
        using var bed = await BedAsync();
        bed.Write(
            "V1__x.sql",
            "SET LOCAL work_mem = '99MB';\nVACUUM app.t;\nSELECT 1/n FROM app.gate;\nCREATE TABLE app.seen AS SELECT "
                + "current_setting('work_mem') AS m;"
        );
        await bed.ExecuteAsync("UPDATE app.gate SET n = 0");
        var log = new LogLines();
        Assert.Equal(1, (await bed.EndAsync("up --schema hist", log)).ExitCode);
        await bed.ExecuteAsync("UPDATE app.gate SET n = 1");

        await bed.RunAsync("up --schema hist");

        Assert.Contains(log.All, line =>
            line.StartsWith("warning: V1__x.sql, line 1: SET LOCAL has no effect on later statements", StringComparison.Ordinal)
        );
        Assert.DoesNotContain("99MB", await bed.QueryAsync("SELECT m FROM app.seen"));
    }

    [PostgresTheory]
    [InlineData("SET LOCAL work_mem = '99MB'", "SET LOCAL", "write SET (without LOCAL) for what should last to the end of the script")]
    [InlineData("SET CONSTRAINTS ALL DEFERRED", "SET CONSTRAINTS", "write BEGIN before it, and COMMIT after the statements that need it")]
    [InlineData(
        "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "SET TRANSACTION",
        "write BEGIN before it, and COMMIT after the statements that need it"
    )]
    public async Task What_a_setting_without_effect_needs_is_said(string statement, string set, string instead)
    {
        using var bed = await BedAsync();
        bed.Write("V1__x.sql", $"{statement};\nVACUUM app.t;");

        var lines = await bed.RunAsync("up --schema hist");

        Assert.Equal(
            $"warning: V1__x.sql, line 1: {set} has no effect on later statements, as this script runs statement by statement; {instead}",
            lines[0]
        );
    }

    private static async Task CleanAsync(Bed bed, int scripts)
    {
        bed.Write($"V{scripts + 1}__clean.sql", $"CREATE TABLE app.clean AS {Clean};");
        await bed.RunAsync("up --schema hist --release r1");
        Assert.Equal(["postgres|postgres|\"hist\",app, public|5s|0|off|on|on|"], await bed.QueryAsync("SELECT \"is\" FROM app.clean"));
        Assert.Equal(
            [$"{scripts + 1}|postgres"],
            await bed.QueryAsync(
                "SELECT count(*), min(installed_by || CASE WHEN success THEN '' ELSE '!' END) FROM hist.flyway_schema_history "
                    + "WHERE version IS NOT NULL"
            )
        );
        Assert.Equal(["succeeded"], await bed.QueryAsync("SELECT status FROM hist.schema_deployment_log ORDER BY id DESC LIMIT 1"));
    }

    /// <summary>Roles belong to the whole server: each test has its own, which can reach neither the history nor its schema.</summary>
    private static string Named(Bed bed, string text)
    {
        var role = "low_" + bed.Url.Split('/')[^1].Split('?')[0];
        return text.Replace("LOWER", role + "er", StringComparison.Ordinal).Replace("LOW", role, StringComparison.Ordinal);
    }

    private static async Task<Bed> BedAsync()
    {
        var bed = await Bed.CreateAsync();
        await bed.ExecuteAsync(
            Named(
                bed,
                """
                CREATE ROLE LOW; CREATE ROLE LOWER; GRANT LOWER TO LOW;
                CREATE SCHEMA app; GRANT ALL ON SCHEMA app TO PUBLIC; REVOKE ALL ON SCHEMA public FROM PUBLIC;
                CREATE SCHEMA hist;
                CREATE TABLE app.t (i int); GRANT ALL ON app.t TO PUBLIC;
                CREATE TABLE app.gate (n int); INSERT INTO app.gate VALUES (1); GRANT ALL ON app.gate TO PUBLIC;
                """
            )
        );
        var database = bed.Url.Split('/')[^1].Split('?')[0];
        await bed.ExecuteAsync($"ALTER DATABASE \"{database}\" SET search_path = app, public");
        return bed;
    }
}
