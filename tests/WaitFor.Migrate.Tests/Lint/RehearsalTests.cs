using System.Text.Json;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests.Lint;

/// <summary>Lint on a database that others use: what runs, what is refused, and that nothing stays.</summary>
public abstract class RehearsalTests(PostgresPackage package) : ServerTests(package)
{
    private async Task<Bed> PrepareAsync(string pending, string first = "CREATE TABLE users (id bigint PRIMARY KEY, name text);")
    {
        var bed = await CreateBedAsync();
        bed.Write("V1__users.sql", first);
        await bed.RunAsync("up");
        bed.Write("V2__pending.sql", pending);
        return bed;
    }

    [PostgresTheory]
    [InlineData("DROP TABLE users;", 8)]
    [InlineData("CREATE TABLE more (id int); INSERT INTO users VALUES (1, 'x');", 0)]
    [InlineData("CREATE SCHEMA app; CREATE EXTENSION IF NOT EXISTS plpgsql; CREATE ROLE lint_no_trace; DROP VIEW IF EXISTS v;", 0)]
    [InlineData("-- migrate: batch table=users key=id size=10\nUPDATE users SET name = 'x' WHERE ${batch};", 0)]
    [InlineData("SELECT 1/0;", 1)]
    [InlineData("COMMIT; DROP TABLE users;", 2)]
    [InlineData("CREATE TABLE more (id int); CREATE INDEX CONCURRENTLY users_name ON users (name);", 0)]
    public async Task Nothing_stays(string pending, int exitCode)
    {
        using var bed = await PrepareAsync(pending);
        var (before, history) = (await AllAsync(bed), await bed.HistoryAsync());
        var end = await bed.LintAsync("lint", new Seen("users"));

        Assert.True(exitCode == end.ExitCode, end.Message);
        Assert.Equal(before, await AllAsync(bed));
        Assert.Equal(history, await bed.HistoryAsync());
        Assert.Equal(["0"], await bed.QueryAsync("SELECT count(*) FROM pg_roles WHERE rolname = 'lint_no_trace'"));
    }

    [PostgresFact]
    public async Task An_empty_database_stays_empty()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__users.sql", "CREATE TABLE users (id int);");
        bed.Write("V2__drop.sql", "DROP TABLE users;");
        var before = await AllAsync(bed);
        var seen = new Seen("users");
        var end = await bed.LintAsync("lint --schema app", seen);

        Assert.True(end.ExitCode == 8, end.Message);
        Assert.Equal("app", seen.Rehearsal!.Observations[0].After.Table("users").Schema);
        Assert.Equal(before, await AllAsync(bed));
    }

    /// <summary>The test's own tables of the history, the journal and the deployment log count here as well.</summary>
    private static async Task<IReadOnlyList<string>> AllAsync(Bed bed) =>
        [
            .. await bed.DumpAsync(),
            .. await bed.QueryAsync("SELECT oid, relname, relfilenode, relacl::text FROM pg_class WHERE oid >= 16384 ORDER BY oid"),
            .. await bed.QueryAsync("SELECT oid, nspname, nspacl::text FROM pg_namespace ORDER BY oid"),
        ];

    [PostgresFact]
    public async Task Findings_are_on_standard_output_alone_and_end_with_a_summary()
    {
        using var bed = await PrepareAsync("SELECT 1;\nDO $$ BEGIN\nDROP TABLE users;\nEND $$;");
        var end = await bed.LintAsync("lint", new Seen("users"));

        Assert.Equal(8, end.ExitCode);
        Assert.Equal(
            "V2__pending.sql:2:1: error: no-such-table: table public.users: it is gone\n    keep it\n1 error\n",
            end.Output
        );
        Assert.StartsWith("1 error: change the scripts as the findings say", end.Message, StringComparison.Ordinal);
    }

    [PostgresTheory]
    [InlineData("-- migrate: allow no-such-table  the last reader was v40", 0, "no findings")]
    [InlineData("-- migrate: allow no-such-table", 8, "allowance-without-reason")]
    [InlineData("-- migrate: allow drop-tabel  the last reader was v40", 8, "there is no rule drop-tabel")]
    [InlineData("/* -- migrate: allow no-such-table  in another comment */", 8, "1 error")]
    [InlineData("SELECT '\n-- migrate: allow no-such-table  in a literal\n';", 8, "1 error")]
    [InlineData("DO $$ BEGIN\n-- migrate: allow no-such-table  in a block\nEND $$;", 8, "1 error")]
    public async Task A_comment_allows_a_rule(string text, int exitCode, string part)
    {
        using var bed = await PrepareAsync($"{text}\nDROP TABLE users;");
        var end = await bed.LintAsync("lint", new Seen("users"));

        Assert.Equal(exitCode, end.ExitCode);
        Assert.Contains(part, end.Output, StringComparison.Ordinal);
    }

    [PostgresTheory]
    [InlineData("BEGIN; SELECT 1; COMMIT;", "line 1: COMMIT would end the transaction")]
    [InlineData("SELECT 1;\nEND;", "line 2: END would end the transaction")]
    [InlineData("ROLLBACK;", "line 1: ROLLBACK would end the transaction")]
    [InlineData("ABORT;", "line 1: ABORT would end the transaction")]
    [InlineData("SELECT dblink_exec('dbname=x', 'DROP TABLE users');", "dblink_exec acts outside")]
    [InlineData("DO $$ BEGIN PERFORM dblink('dbname=x', 'DROP TABLE users'); END $$;", "dblink acts outside")]
    [InlineData("COPY users TO PROGRAM 'rm x';", "COPY with a program or a file")]
    [InlineData("COPY users TO '/tmp/x';", "COPY with a program or a file")]
    [InlineData("SELECT pg_create_physical_replication_slot('x');", "pg_create_physical_replication_slot acts outside")]
    [InlineData("SELECT remote_drop();", "the function remote_drop uses dblink")]
    [InlineData("INSERT INTO watched VALUES (1);", "the function on_watched uses dblink")]
    public async Task What_no_rollback_takes_back_is_refused_before_anything_runs(string pending, string why)
    {
        using var bed = await PrepareAsync(
            pending,
            """
            CREATE TABLE users (id int);
            CREATE TABLE watched (id int);
            CREATE FUNCTION remote_drop() RETURNS void LANGUAGE plpgsql AS 'BEGIN PERFORM dblink(''x'', ''y''); END';
            CREATE FUNCTION on_watched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM dblink(''x'', ''y''); END';
            CREATE TRIGGER watch BEFORE INSERT ON watched FOR EACH ROW EXECUTE FUNCTION on_watched();
            """
        );
        var seen = new Seen();
        var end = await bed.LintAsync("lint", seen);

        Assert.Equal(2, end.ExitCode);
        Assert.Contains(why, end.Message, StringComparison.Ordinal);
        Assert.EndsWith("; check it with --shadow, which uses its own database", end.Message, StringComparison.Ordinal);
        Assert.Null(seen.Rehearsal);
    }

    [PostgresTheory]
    [InlineData("DO $$ BEGIN INSERT INTO users VALUES (1, 'x'); COMMIT; END $$;")]
    [InlineData("CALL ends_it();")]
    public async Task A_commit_within_a_block_fails_and_does_not_escape(string pending)
    {
        using var bed = await PrepareAsync(
            pending,
            """
            CREATE TABLE users (id bigint, name text);
            CREATE PROCEDURE ends_it() LANGUAGE plpgsql AS 'BEGIN INSERT INTO users VALUES (1, ''x''); COMMIT; END';
            """
        );
        bed.Write("V2__pending.sql.conf", "executeInTransaction=false");
        var end = await bed.LintAsync("lint", new Seen());

        Assert.Equal(1, end.ExitCode);
        Assert.Contains("invalid transaction termination (SQLSTATE 2D000)", end.Message, StringComparison.Ordinal);
        Assert.Contains("next step: lint with --shadow", end.Message, StringComparison.Ordinal);
        Assert.Equal(["0"], await bed.QueryAsync("SELECT count(*) FROM users"));
    }

    [PostgresTheory]
    [InlineData("CREATE INDEX CONCURRENTLY users_name ON users (name);", "CREATE INDEX CONCURRENTLY USERS_NAME")]
    [InlineData("VACUUM users;", "VACUUM USERS")]
    [InlineData("ALTER SYSTEM SET work_mem = '5MB';", "ALTER SYSTEM SET WORK_MEM")]
    public async Task What_cannot_run_in_a_transaction_is_judged_by_its_kind(string pending, string start)
    {
        using var bed = await PrepareAsync(pending);
        var (seen, log) = (new Seen(), new LogLines());
        var end = await bed.LintAsync("lint", seen, log);

        Assert.True(end.ExitCode == 0, end.Message);
        var one = Assert.Single(seen.Rehearsal!.Observations);
        Assert.False(one.Ran);
        Assert.Same(one.Before, one.After);
        Assert.Contains(
            $"V2__pending.sql, line 1: {start} was judged by its kind and not run, as it cannot run in a transaction; --shadow runs it",
            log.All
        );
    }

    [PostgresFact]
    public async Task A_failure_names_the_place_and_what_did_not_run_before_it()
    {
        using var bed = await PrepareAsync(
            "CREATE UNIQUE INDEX CONCURRENTLY users_name ON users (name);\n"
                + "ALTER TABLE users ADD CONSTRAINT u UNIQUE USING INDEX users_name;"
        );
        var end = await bed.LintAsync("lint", new Seen());

        Assert.Equal(1, end.ExitCode);
        Assert.StartsWith("V2__pending.sql, line 2, column 23: index \"users_name\" does not exist", end.Message, StringComparison.Ordinal);
        Assert.Contains("lint with --shadow if it needs V2__pending.sql, line 1, which was not run", end.Message, StringComparison.Ordinal);
        Assert.Contains("The rehearsal was rolled back: the database is as it was.", end.Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task It_runs_as_up_does()
    {
        using var bed = await PrepareAsync(
            """
            SET ROLE pg_read_all_data; RESET ROLE;
            CREATE TEMP TABLE mine (id int);
            COPY users (id, name) FROM stdin;
            1	one
            \.
            BEGIN;
            SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;
            SET TRANSACTION READ ONLY;
            SET search_path = pg_catalog;
            SET lock_timeout = 0; SET statement_timeout = '1ms';
            INSERT INTO public.${table} SELECT 2 FROM pg_sleep(0.01);
            """,
            "CREATE TABLE users (id bigint PRIMARY KEY, name text); CREATE TABLE seen (what text);"
        );
        bed.Write("V3__next.sql", "INSERT INTO users SELECT id + 10 FROM users; PREPARE again AS SELECT 1; EXECUTE again;");
        bed.Write("R__view.sql", "CREATE OR REPLACE VIEW all_users AS SELECT * FROM users;");
        bed.Write("beforeMigrate.sql", "INSERT INTO seen VALUES ('beforeMigrate');");
        bed.Write("beforeEachMigrate.sql", "INSERT INTO public.seen VALUES ('beforeEach');");
        bed.Write("afterEachMigrate.sql", "INSERT INTO public.seen VALUES ('afterEach');");
        bed.Write(
            "V4__count.sql",
            "DO $$ BEGIN IF (SELECT count(*) FROM seen) <> 6 OR (SELECT count(*) FROM users) <> 4 THEN RAISE 'no'; END IF; END $$;"
        );
        var seen = new Seen();
        var end = await bed.LintAsync("lint --placeholder table=users", seen);

        Assert.True(end.ExitCode == 0, end.Message);
        Assert.Equal(2, seen.Rehearsal!.Observations.Count(one => one.Changed.Count > 0 && one.Script.Path == "V2__pending.sql"));
        Assert.Equal(
            ["V2__pending.sql", "V3__next.sql", "V4__count.sql", "R__view.sql"],
            seen.Rehearsal.Observations.Select(one => one.Script.Path).Distinct()
        );
        Assert.Contains(seen.Rehearsal.Observations[^1].After.Relations.Values, view => view.Name == "all_users");
        Assert.Equal(["0"], await bed.QueryAsync("SELECT count(*) FROM seen"));
    }

    [PostgresTheory]
    [InlineData("lint", "V3__b.sql V4__c.sql V5__d.sql")]
    [InlineData("lint --since V3", "V4__c.sql V5__d.sql")]
    [InlineData("lint --since 1", "V3__b.sql V4__c.sql V5__d.sql")]
    [InlineData("lint --only V4__c.sql", "V4__c.sql")]
    [InlineData("lint --only V3__b.sql --only V5__d.sql", "V3__b.sql V5__d.sql")]
    [InlineData("lint --shadow", "V3__b.sql V4__c.sql V5__d.sql")]
    [InlineData("lint --shadow --since V1", "V2__pending.sql V3__b.sql V4__c.sql V5__d.sql")]
    [InlineData("lint --shadow --only V2__pending.sql", "V2__pending.sql")]
    public async Task What_is_asked_for_is_judged(string line, string judged)
    {
        using var bed = await PrepareAsync("CREATE TABLE a (id int);");
        await bed.RunAsync("up");
        bed.Write("V3__b.sql", "CREATE TABLE b (id int); ALTER TABLE a ADD COLUMN more int;");
        bed.Write("V4__c.sql", "CREATE TABLE c (id int); ALTER TABLE b ADD COLUMN more int;");
        bed.Write("V5__d.sql", "CREATE TABLE d (id int); ALTER TABLE c ADD COLUMN more int;");
        var rehearsal = await bed.ObserveAsync(line);

        Assert.Equal(judged.Split(' '), rehearsal.Observations.Select(one => one.Script.Path).Distinct());
        // What ran before the first of them existed before; what ran later is new.
        var first = rehearsal.Observations[0].Before;
        Assert.Same(rehearsal.Origin, first);
        Assert.Contains(first.Relations.Values, table => table.Name == "users");
    }

    [PostgresTheory]
    [InlineData("lint --only V9__x.sql", 2, "--only V9__x.sql: no script of the locations has this name")]
    [InlineData("lint --only V1__users.sql", 2, "it is not pending in this database, so it cannot run there again; give --shadow")]
    [InlineData("lint --since x", 2, "--since \"x\": write a version, such as 41, V41 or 1.2")]
    [InlineData("lint --since 1 --only V1__users.sql", 2, "--since and --only cannot be combined")]
    [InlineData("lint --shadow --quick", 2, "--quick works only with a database that others use")]
    [InlineData("lint --big-table many", 2, "--big-table \"many\": write a number of rows")]
    [InlineData("lint --long 5", 2, "--long \"5\"")]
    [InlineData("lint -o xml", 2, "--output \"xml\": write text, json, github or sarif")]
    [InlineData("lint --report /no/such/x.json", 2, "--report /no/such/x.json: it cannot be written")]
    [InlineData("up --shadow", 2, "--shadow works only with lint")]
    [InlineData("up --style", 2, "--style works only with lint, and with up --lint")]
    [InlineData("info --lint", 2, "--lint works only with up")]
    public async Task Wrong_usage_is_one_line(string line, int exitCode, string message)
    {
        using var bed = await PrepareAsync("SELECT 1;");
        var end = await bed.LintAsync(line);

        Assert.Equal(exitCode, end.ExitCode);
        Assert.Contains(message, end.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', end.Message);
    }

    [PostgresFact]
    public async Task A_schema_in_use_without_a_history_needs_a_version()
    {
        using var bed = await CreateBedAsync();
        await bed.ExecuteAsync("CREATE TABLE users (id int)");
        bed.Write("V1__users.sql", "CREATE TABLE users (id int);");
        bed.Write("V2__drop.sql", "DROP TABLE users;");
        var end = await bed.LintAsync("lint", new Seen("users"));
        var since = await bed.LintAsync("lint --since 1", new Seen("users"));

        Assert.Equal(4, end.ExitCode);
        Assert.EndsWith("; or give lint --since V", end.Message, StringComparison.Ordinal);
        Assert.True(since.ExitCode == 8, since.Message);
        Assert.StartsWith("V2__drop.sql:1:1: error:", since.Output, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_replica_is_refused()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var replica = await server.StartReplicaAsync();
        using var bed = await Bed.CreateAsync();
        bed.Write("V1__users.sql", "CREATE TABLE users (id int);");
        foreach (var line in new[] { "lint", "lint --shadow" })
        {
            var end = await bed.LintAsync(
                line,
                new Seen(),
                environment: new Dictionary<string, string> { ["DATABASE_URL"] = replica.Url("postgres") }
            );

            Assert.Equal(3, end.ExitCode);
            Assert.EndsWith("is a read-only replica (pg_is_in_recovery); connect to the primary", end.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', end.Message);
        }
    }

    [PostgresFact]
    public async Task Each_form_says_the_same()
    {
        using var bed = await PrepareAsync("SELECT 1;\nDROP TABLE users;");
        var json = Path.Combine(bed.Folder, "report.json");
        var sarif = Path.Combine(bed.Folder, "report.sarif");
        var first = await bed.LintAsync($"lint -o json --report {sarif}", new Seen("users"));
        var github = await bed.LintAsync($"lint -o github --report {json}", new Seen("users"));

        var finding = JsonDocument.Parse(first.Output).RootElement.GetProperty("findings")[0];
        Assert.Equal(
            ("no-such-table", "error", "V2__pending.sql", 2, "table public.users"),
            (
                finding.GetProperty("rule").GetString(),
                finding.GetProperty("level").GetString(),
                finding.GetProperty("script").GetString(),
                finding.GetProperty("line").GetInt32(),
                finding.GetProperty("object").GetString()
            )
        );
        Assert.Equal(first.Output, await File.ReadAllTextAsync(json));
        var run = JsonDocument.Parse(await File.ReadAllTextAsync(sarif)).RootElement.GetProperty("runs")[0];
        var driver = run.GetProperty("tool").GetProperty("driver");
        Assert.Equal("migrate lint", driver.GetProperty("name").GetString());
        Assert.Equal("no-such-table", driver.GetProperty("rules")[0].GetProperty("id").GetString());
        // A line of a pull request is found by the file's path.
        var file = Path.Combine(bed.Sql, "V2__pending.sql");
        Assert.StartsWith($"::error file={file},line=2,col=1,title=no-such-table::", github.Output, StringComparison.Ordinal);
        Assert.Equal(
            file,
            run.GetProperty("results")[0]
                .GetProperty("locations")[0]
                .GetProperty("physicalLocation")
                .GetProperty("artifactLocation")
                .GetProperty("uri")
                .GetString()
        );
    }

    [PostgresTheory]
    [InlineData("ALTER TABLE big ADD COLUMN more int;", false)]
    [InlineData("ALTER TABLE IF EXISTS ONLY public.big ADD COLUMN more int;", false)]
    [InlineData("TRUNCATE big;", false)]
    [InlineData("DROP TABLE big;", false)]
    [InlineData("ALTER TABLE users ADD COLUMN more int;", true)]
    [InlineData("CREATE INDEX ON big (id);", true)]
    public async Task Quick_leaves_out_what_locks_a_big_table(string pending, bool ran)
    {
        using var bed = await PrepareAsync(
            pending,
            "CREATE TABLE users (id int); CREATE TABLE big (id int); INSERT INTO big SELECT generate_series(1, 500); ANALYZE big;"
        );
        var log = new LogLines();
        var seen = new Seen();
        await bed.LintAsync("lint --quick --big-table 500", seen, log);

        Assert.Equal(ran, Assert.Single(seen.Rehearsal!.Observations).Ran);
        Assert.Equal(
            !ran,
            log.All.Any(line => line.Contains("it locks table public.big, which is big (--quick)", StringComparison.Ordinal))
        );
    }
}

public sealed class RehearsalTestsOnDebian() : RehearsalTests(PostgresPackage.Debian);

public sealed class RehearsalTestsOn18() : RehearsalTests(PostgresPackage.Npm);
