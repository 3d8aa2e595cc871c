using WaitFor.Testing;

namespace WaitFor.Migrate.Tests;

/// <summary>A statement fails: it is shown, and the database is as before its script.</summary>
public abstract class FailingStatementTests(PostgresPackage package) : ServerTests(package)
{
    [PostgresFact]
    public async Task It_is_shown_with_all_that_the_server_says()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__good.sql", "CREATE TABLE users (id int, name text);");
        bed.Write("V2__bad.sql", "CREATE TABLE half (id int);\n\n-- é\nSELECT 'é', id,\n       nam FROM users;");

        var (exitCode, message) = await bed.EndAsync("up");

        Assert.Equal(1, exitCode);
        Assert.Equal(
            """
            V2__bad.sql, line 5, column 8: column "nam" does not exist (SQLSTATE 42703)
              hint: Perhaps you meant to reference the column "users.name".
              statement: SELECT 'é', id, nam FROM users
              The script was rolled back: the database is as it was before it.
            """,
            message
        );
        Assert.Equal(["1|V1__good.sql|True"], await bed.HistoryAsync());
        Assert.DoesNotContain(await bed.DumpAsync(), line => line.Contains("half", StringComparison.Ordinal));
    }

    [PostgresTheory]
    [InlineData("SELECT 1; SELEC 2;", "V2__it.sql, line 1, column 11: syntax error at or near \"SELEC\" (SQLSTATE 42601)")]
    [InlineData(
        "INSERT INTO users VALUES (1);",
        "V2__it.sql, line 1, column 1: duplicate key value violates unique constraint \"users_pkey\" (SQLSTATE 23505)\n  detail: Key "
            + "(id)=(1) already exists."
    )]
    [InlineData(
        "SELECT 1;\nDO $$BEGIN RAISE EXCEPTION 'no' USING HINT = 'try harder', ERRCODE = 'P0042'; END$$;",
        "V2__it.sql, line 2, column 1: no (SQLSTATE P0042)\n  hint: try harder\n  where: PL/pgSQL function inline_code_block line 1 "
            + "at RAISE"
    )]
    [InlineData(
        "CREATE TABLE child (id int REFERENCES users DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO child VALUES (7);",
        "V2__it.sql: insert or update on table \"child\" violates foreign key constraint \"child_id_fkey\" (SQLSTATE 23503)"
    )]
    [InlineData(
        "CREATE TABLE x (id int);\nDO $$BEGIN COMMIT; END$$;",
        "V2__it.sql, line 2, column 1: invalid transaction termination (SQLSTATE 2D000)"
    )]
    [InlineData(
        "CREATE TABLE x (id int); DROP TABLE flyway_schema_history;",
        "V2__it.sql: relation \"public.flyway_schema_history\" does not exist (SQLSTATE 42P01)"
    )]
    [InlineData(
        "CREATE TABLE x (id int); SAVEPOINT s; RELEASE s; SELECT 1/0;",
        "V2__it.sql, line 1, column 50: division by zero (SQLSTATE 22012)"
    )]
    public async Task The_place_is_named_and_nothing_stays(string script, string message)
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__good.sql", "CREATE TABLE users (id int PRIMARY KEY); INSERT INTO users VALUES (1);");
        await bed.RunAsync("up");
        var before = await bed.DumpAsync();
        bed.Write("V2__it.sql", script);
        bed.Write("V3__later.sql", "CREATE TABLE later (id int);");

        var (exitCode, said) = await bed.EndAsync("up --release r1");

        Assert.Equal(1, exitCode);
        Assert.StartsWith(message, said, StringComparison.Ordinal);
        Assert.Equal(before, await bed.DumpAsync());
        Assert.Equal(["1|V1__good.sql|True"], await bed.HistoryAsync());
        Assert.Equal(["r1|failed"], await bed.QueryAsync("SELECT app_version, status FROM schema_deployment_log"));
        Assert.Equal(
            ["0"],
            await bed.QueryAsync(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = "
                    + "current_database())"
            )
        );
    }

    [PostgresTheory]
    [InlineData(
        "V2__x.sql",
        "CREATE TABLE x (id int); SELECT pg_sleep(100);",
        "pg_cancel_backend",
        1,
        "V2__x.sql, line 1, column 26: canceling statement due to user request (SQLSTATE 57014)",
        "failed"
    )]
    [InlineData(
        "V2__x.sql",
        "VACUUM pg_class; SELECT pg_sleep(100);",
        "pg_cancel_backend",
        1,
        "V2__x.sql, line 1, column 18: canceling statement due to user request (SQLSTATE 57014)",
        "failed"
    )]
    [InlineData("V2__x.sql", "CREATE TABLE x (id int); SELECT pg_sleep(100);", "pg_terminate_backend", 3, "V2__x.sql", "failed")]
    public async Task Somebody_else_ends_it(string name, string script, string how, int exitCode, string message, string status)
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__first.sql", "SELECT 1;");
        await bed.RunAsync("up");
        var before = await bed.DumpAsync();
        bed.Write(name, script);
        var run = bed.EndAsync("up --release r1");
        await bed.UntilAsync($"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep')");
        await bed.QueryAsync($"SELECT {how}(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'");

        var end = await run;

        Assert.Equal(exitCode, end.ExitCode);
        Assert.StartsWith(message, end.Message, StringComparison.Ordinal);
        Assert.Equal(before, await bed.DumpAsync());
        Assert.Equal([status], await bed.QueryAsync("SELECT status FROM schema_deployment_log"));
    }

    [PostgresFact]
    public async Task A_statement_takes_longer_than_it_may()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__slow.sql", "SELECT 1;\nSELECT pg_sleep(100);");

        var (exitCode, message) = await bed.EndAsync("up --statement-timeout 200ms");

        Assert.Equal(1, exitCode);
        Assert.StartsWith(
            "V1__slow.sql, line 2, column 1: canceling statement due to statement timeout (SQLSTATE 57014)",
            message,
            StringComparison.Ordinal
        );
    }

    [PostgresFact]
    public async Task Corrected_it_goes_on_where_it_stood()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__a.sql", "CREATE TABLE a (id int);");
        bed.Write("V2__b.sql", "CREATE TABLE b (id integr);");
        bed.Write("V3__c.sql", "CREATE TABLE c (id int);");
        Assert.Equal(1, (await bed.EndAsync("up")).ExitCode);
        bed.Write("V2__b.sql", "CREATE TABLE b (id int);");
        await bed.RunAsync("up");

        Assert.Equal(["1|V1__a.sql|True", "2|V2__b.sql|True", "3|V3__c.sql|True"], await bed.HistoryAsync());
    }

    [PostgresFact]
    public async Task A_commit_in_a_block_says_how_it_can_run()
    {
        using var bed = await Bed.CreateAsync();
        bed.Write("V1__it.sql", "DO $$BEGIN COMMIT; END$$;");

        Assert.Contains(
            "\n  next step: write executeInTransaction=false into V1__it.sql.conf, beside the script: a COMMIT or ROLLBACK in a DO block "
                + "or procedure cannot run in the script's transaction\n",
            (await bed.EndAsync("up")).Message,
            StringComparison.Ordinal
        );
        bed.Write("V1__it.sql.conf", "executeInTransaction=false");
        await bed.RunAsync("up");
    }

    [PostgresTheory]
    [InlineData(
        "SET ROLE LOW; SELECT * FROM secret.t;",
        "permission denied for schema secret",
        "GRANT USAGE, CREATE ON SCHEMA secret TO LOW"
    )]
    [InlineData(
        "SET ROLE LOW; INSERT INTO closed VALUES (1);",
        "permission denied for table closed",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE closed TO LOW"
    )]
    [InlineData("SET ROLE LOW; ALTER TABLE closed ADD j int;", "must be owner of table closed", "(GRANT owner TO LOW)")]
    public async Task A_denied_permission_is_named_with_its_user(string script, string message, string grant)
    {
        using var bed = await Bed.CreateAsync();
        var role = "denied_" + bed.Url.Split('/')[^1];
        await bed.ExecuteAsync(
            $"CREATE ROLE {role}",
            "CREATE SCHEMA secret",
            "CREATE TABLE secret.t (i int)",
            "CREATE TABLE closed (i int)"
        );
        bed.Write("V1__it.sql", script.Replace("LOW", role, StringComparison.Ordinal));

        var (exitCode, said) = await bed.EndAsync("up --baseline-on-migrate --baseline-version 0");

        Assert.Equal(1, exitCode);
        Assert.Contains(message, said, StringComparison.Ordinal);
        Assert.Contains(grant.Replace("LOW", role, StringComparison.Ordinal), said, StringComparison.Ordinal);
    }
}

public sealed class FailingStatementTestsOnDebian() : FailingStatementTests(PostgresPackage.Debian);

public sealed class FailingStatementTestsOn18() : FailingStatementTests(PostgresPackage.Npm);
