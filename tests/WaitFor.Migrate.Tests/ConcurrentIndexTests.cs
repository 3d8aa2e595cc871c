using WaitFor.Testing;

namespace WaitFor.Migrate.Tests;

/// <summary>Scripts that cannot run in one transaction: statement by statement, with a journal.</summary>
public abstract class ConcurrentIndexTests(PostgresPackage package) : ServerTests(package)
{
    private const string Table =
        "CREATE TABLE users (id int, name text); INSERT INTO users SELECT i, 'u' || i FROM generate_series(1, 1000) i;";

    [PostgresTheory]
    [InlineData("CREATE INDEX CONCURRENTLY i ON users (name);")]
    [InlineData("CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON users (name);")]
    [InlineData("CREATE UNIQUE INDEX CONCURRENTLY i ON public.users (name);")]
    [InlineData(
        "create /* x */ index\nconcurrently \"i\" on only \"users\" (name); VACUUM users; REINDEX INDEX CONCURRENTLY i; REINDEX (VERBOSE) "
            + "TABLE CONCURRENTLY users;"
    )]
    [InlineData(
        "CREATE INDEX CONCURRENTLY j ON users (id); CREATE INDEX CONCURRENTLY i ON users (name); DROP INDEX CONCURRENTLY j; DROP INDEX "
            + "CONCURRENTLY IF EXISTS j;"
    )]
    public async Task It_works(string script)
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__users.sql", Table);
        bed.Write("V2__index.sql", script);
        await bed.RunAsync("up");

        Assert.Equal(
            ["i|True"],
            await bed.QueryAsync("SELECT indexrelid::regclass::text, indisvalid FROM pg_index WHERE indrelid = 'users'::regclass")
        );
        Assert.Equal(["1|V1__users.sql|True", "2|V2__index.sql|True"], await bed.HistoryAsync());
        Assert.Equal(["0"], await bed.QueryAsync("SELECT count(*) FROM migrate_journal"));
    }

    [PostgresTheory]
    [InlineData("")]
    [InlineData("IF NOT EXISTS ")]
    public async Task An_invalid_index_is_dropped_and_built_anew(string ifNotExists)
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__users.sql", Table);
        await bed.RunAsync("up");
        await bed.ExecuteAsync("INSERT INTO users VALUES (1, 'again')");
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() =>
            bed.ExecuteAsync("CREATE UNIQUE INDEX CONCURRENTLY users_id ON users (id)")
        );
        await bed.ExecuteAsync("DELETE FROM users WHERE name = 'again'");
        Assert.Equal(["False"], await bed.QueryAsync("SELECT indisvalid FROM pg_index WHERE indexrelid = 'users_id'::regclass"));
        bed.Write("V2__index.sql", $"CREATE UNIQUE INDEX CONCURRENTLY {ifNotExists}users_id ON users (id);");

        var lines = await bed.RunAsync("up");

        Assert.Equal("warning: the index public.users_id is invalid, left by an attempt that did not finish: it is dropped and built "
            + "again", lines[0]);
        Assert.Equal(["True"], await bed.QueryAsync("SELECT indisvalid FROM pg_index WHERE indexrelid = 'users_id'::regclass"));
    }

    [PostgresTheory]
    [InlineData("")]
    [InlineData("IF NOT EXISTS ")]
    public async Task An_index_that_cannot_be_built_is_not_left_behind(string ifNotExists)
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__users.sql", Table + "INSERT INTO users VALUES (1, 'again');");
        bed.Write("V2__index.sql", $"CREATE UNIQUE INDEX CONCURRENTLY {ifNotExists}users_id ON users (id);");
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var log = new LogLines();
            var (exitCode, message) = await bed.EndAsync("up", log);
            Assert.Equal(1, exitCode);
            Assert.Equal("the index public.users_id, which the failed statement left invalid, is dropped", log.All[^1]);
            Assert.DoesNotContain(log.All, line => line.Contains("there is no transaction", StringComparison.Ordinal));
            Assert.StartsWith(
                "V2__index.sql, line 1, column 1: could not create unique index \"users_id\" (SQLSTATE 23505)\n  detail: Key (id)=(1) is "
                    + "duplicated.",
                message,
                StringComparison.Ordinal
            );
            Assert.EndsWith("\n  The statements before it stay done; the next run continues here.", message, StringComparison.Ordinal);
            Assert.Equal(["0"], await bed.QueryAsync("SELECT count(*) FROM pg_index WHERE NOT indisvalid"));
            Assert.Equal(["1|V1__users.sql|True"], await bed.HistoryAsync());
        }
    }

    [PostgresTheory]
    [InlineData("CREATE INDEX CONCURRENTLY taken ON users (name);", "relation \"taken\" already exists (SQLSTATE 42P07)")]
    [InlineData("DROP INDEX CONCURRENTLY nothing;", "index \"nothing\" does not exist (SQLSTATE 42704)")]
    public async Task What_was_refused_is_refused_again_and_not_taken_for_done(string statement, string message)
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__users.sql", Table + "CREATE INDEX taken ON users (id);");
        bed.Write("V2__index.sql", statement);

        for (var attempt = 0; attempt < 3; attempt++)
            Assert.Contains(message, (await bed.EndAsync("up")).Message, StringComparison.Ordinal);
        Assert.Equal(["1|V1__users.sql|True"], await bed.HistoryAsync());
    }

    [PostgresFact]
    public async Task A_rerun_goes_on_after_the_last_finished_statement()
    {
        using var bed = await CreateBedAsync();
        bed.Write(
            "V1__apart.sql",
            "CREATE TABLE a (id int);\nSET search_path = pg_temp, public;\nINSERT INTO a VALUES (1);\nVACUUM a;\nINSERT INTO a VALUES "
                + "(1/(SELECT count(*) - 1 FROM a));\nCREATE TEMP TABLE z AS SELECT 1 AS x;\nCREATE TABLE public.path AS SELECT "
                + "current_setting('search_path') AS p;"
        );
        var (exitCode, message) = await bed.EndAsync("up");
        Assert.Equal(1, exitCode);
        Assert.EndsWith("Pending, 4 of 7 statements done\n", (await bed.NativeAsync("info")).Output, StringComparison.Ordinal);
        Assert.StartsWith("V1__apart.sql, line 5, column 1: division by zero (SQLSTATE 22012)", message, StringComparison.Ordinal);
        Assert.Equal(
            ["0", "1", "2", "3"],
            await bed.QueryAsync("SELECT statement FROM migrate_journal WHERE finished_at IS NOT NULL ORDER BY 1")
        );
        await bed.ExecuteAsync("INSERT INTO a VALUES (2)");

        var lines = await bed.RunAsync("up");

        Assert.Equal(
            [
                "V1__apart.sql: statement 1 of 7 (line 1) was done before",
                "V1__apart.sql: statement 3 of 7 (line 3) was done before",
                "V1__apart.sql: statement 4 of 7 (line 4) was done before",
            ],
            lines.Take(3)
        );
        // What the first try had set is set again: its session is gone.
        Assert.Equal(["pg_temp, public"], await bed.QueryAsync("SELECT p FROM path"));
        Assert.Equal(["1", "1", "2"], await bed.QueryAsync("SELECT id FROM a ORDER BY 1"));
        Assert.Equal(["1|V1__apart.sql|True"], await bed.HistoryAsync());
    }

    [PostgresFact]
    public async Task A_finished_statement_that_was_edited_is_refused()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__apart.sql", "CREATE TABLE a (id int);\nVACUUM a;\nBROKEN;");
        Assert.Equal(1, (await bed.EndAsync("up")).ExitCode);
        bed.Write("V1__apart.sql", "CREATE TABLE a (id bigint);\nVACUUM a;\nSELECT 1;");
        var before = await bed.DumpAsync();

        Assert.Equal(
            (
                4,
                "V1__apart.sql, line 1: this statement was changed after it ran, in an earlier run that stopped later in the script; put "
                    + "it back: only what comes after the statements that ran may change"
            ),
            await bed.EndAsync("up")
        );
        Assert.Equal(before, await bed.DumpAsync());

        bed.Write("V1__apart.sql", "CREATE TABLE a (id int);\nVACUUM a;\nSELECT 1;");
        Assert.Equal(0, (await bed.EndAsync("up")).ExitCode);
    }

    [NativeFact]
    public async Task What_the_server_finished_for_a_killed_run_is_not_run_again()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__users.sql", Table);
        await bed.RunAsync("up");
        bed.Write("V2__index.sql", "CREATE INDEX CONCURRENTLY users_name ON users (name);\nCREATE TABLE later (id int);");
        // An older transaction that has written holds the index build up, in the server.
        await using var application = await bed.ConnectAsync();
        await using var writing = await application.BeginTransactionAsync();
        await using (var update = new Npgsql.NpgsqlCommand("UPDATE users SET name = name WHERE id = 1", application))
            await update.ExecuteNonQueryAsync();
        await using (var killed = bed.Start("up --release r1"))
        {
            await bed.UntilAsync(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query "
                    + "LIKE 'CREATE INDEX%')"
            );
            killed.Signal(9);
            await killed.ExitAsync();
        }

        // The next run comes while the server is still at it: it waits, and says for whom.
        var log = new LogLines();
        var run = bed.RunAsync("up --release r1", log);
        await log.ContainsAsync("waiting for the lock");
        await writing.CommitAsync();
        await run;

        Assert.Matches(
            @"^waiting for the lock: backend \d+ \(migrate up r1, .*, active: CREATE INDEX CONCURRENTLY "
                + @"users_name ON users \(name\)\) holds it$",
            log.All[0]
        );
        Assert.Contains("warning: V2__index.sql: statement 1 of 2 (line 1) was interrupted in an earlier attempt", log.All);
        Assert.Equal(["True"], await bed.QueryAsync("SELECT indisvalid FROM pg_index WHERE indexrelid = 'users_name'::regclass"));
        Assert.Equal(["1|V1__users.sql|True", "2|V2__index.sql|True"], await bed.HistoryAsync());
        Assert.Equal(["interrupted", "succeeded"], await bed.QueryAsync("SELECT status FROM schema_deployment_log ORDER BY id"));
    }

    [PostgresFact]
    public async Task A_cut_index_that_stands_is_taken_as_it_is()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__users.sql", Table);
        await bed.RunAsync("up");
        bed.Write("V2__index.sql", "CREATE INDEX CONCURRENTLY a ON users (name);\nDROP INDEX CONCURRENTLY b;\nBROKEN;");
        await bed.EndAsync("up");
        var old = await bed.QueryAsync("SELECT 'a'::regclass::oid");
        bed.Write("V2__index.sql", "CREATE INDEX CONCURRENTLY a ON users (name);\nDROP INDEX CONCURRENTLY b;\nSELECT 1;");
        // As a kill leaves it: begun, not finished, and done by the server.
        await bed.ExecuteAsync(
            "INSERT INTO migrate_journal (script, checksum, statement) SELECT script, checksum, 1 FROM migrate_journal",
            "UPDATE migrate_journal SET finished_at = NULL"
        );
        await bed.RunAsync("up");

        Assert.Equal(old, await bed.QueryAsync("SELECT 'a'::regclass::oid"));
        Assert.Equal(["1|V1__users.sql|True", "2|V2__index.sql|True"], await bed.HistoryAsync());
    }

    [PostgresFact]
    public async Task A_backfill_may_commit_where_the_script_says_so()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__users.sql", Table + "ALTER TABLE users ADD seen int;");
        bed.Write(
            "V2__backfill.sql",
            "DO $$BEGIN FOR i IN 1..1000 BY 100 LOOP UPDATE users SET seen = txid_current() % 1000000 WHERE id >= i AND id < i + 100; "
                + "COMMIT; END LOOP; END$$;\nALTER TABLE users ALTER seen SET NOT NULL;"
        );
        bed.Write("V2__backfill.sql.conf", "executeInTransaction=false");
        await bed.RunAsync("up");

        Assert.Equal(["10"], await bed.QueryAsync("SELECT count(DISTINCT seen) FROM users"));
        Assert.Equal(["1|V1__users.sql|True", "2|V2__backfill.sql|True"], await bed.HistoryAsync());
    }

    [PostgresFact]
    public async Task Forced_into_a_transaction_it_is_refused_by_the_server()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__users.sql", Table + "CREATE INDEX CONCURRENTLY i ON users (id);");
        bed.Write("V1__users.sql.conf", "executeInTransaction=true");

        Assert.Contains(
            "CREATE INDEX CONCURRENTLY cannot run inside a transaction block (SQLSTATE 25001)",
            (await bed.EndAsync("up")).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(["False"], await bed.QueryAsync("SELECT to_regclass('users') IS NOT NULL"));
    }
}

public sealed class ConcurrentIndexTestsOnDebian() : ConcurrentIndexTests(PostgresPackage.Debian);

public sealed class ConcurrentIndexTestsOn18() : ConcurrentIndexTests(PostgresPackage.Npm);
