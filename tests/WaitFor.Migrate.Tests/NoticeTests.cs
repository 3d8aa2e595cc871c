using Microsoft.Extensions.Logging;

namespace WaitFor.Migrate.Tests;

/// <summary>What a script reports while it runs is in the log, with its script and line.</summary>
public sealed class NoticeTests
{
    [PostgresTheory]
    [InlineData("")]
    [InlineData("VACUUM;\n")]
    public async Task Warnings_and_notices_are_lines_of_the_log(string apart)
    {
        using var bed = await Bed.CreateAsync();
        bed.Write(
            "V1__x.sql",
            apart
                + """
                CREATE TABLE t (id int);
                DO $$ BEGIN
                  RAISE NOTICE 'one % of %', 1, 2;
                  RAISE WARNING 'careful' USING DETAIL = 'because', HINT = 'look';
                  RAISE INFO 'only with -v'; RAISE DEBUG 'never';
                END $$;
                DROP TABLE IF EXISTS nothing;
                """
        );
        var line = apart.Length > 0 ? 1 : 0;

        var lines = await bed.RunAsync("up");

        Assert.Equal(
            [
                $"V1__x.sql, line {line + 2}: one 1 of 2",
                $"warning: V1__x.sql, line {line + 2}: careful; detail: because; hint: look",
                $"V1__x.sql, line {line + 7}: table \"nothing\" does not exist, skipping",
            ],
            lines.Where(text => text.Contains("V1__x.sql, line", StringComparison.Ordinal))
        );
    }

    [PostgresTheory]
    [InlineData(
        "FOR i IN 1..1000 LOOP RAISE NOTICE 'same'; END LOOP",
        2,
        "V1__x.sql, line 1: same",
        "V1__x.sql, line 1: same (1000 times in all)"
    )]
    [InlineData(
        "FOR i IN 1..1000 LOOP RAISE NOTICE 'row %', i; END LOOP",
        101,
        "V1__x.sql, line 1: row 1",
        "V1__x.sql: notices that are not shown: 900"
    )]
    [InlineData(
        "FOR i IN 1..300 LOOP RAISE NOTICE 'row %', i % 100; END LOOP",
        101,
        "V1__x.sql, line 1: row 1",
        "V1__x.sql: notices that are not shown: 200"
    )]
    [InlineData("FOR i IN 1..100 LOOP RAISE NOTICE 'row %', i; END LOOP", 100, "V1__x.sql, line 1: row 1", "V1__x.sql, line 1: row 100")]
    [InlineData(
        "FOR i IN 1..101 LOOP RAISE NOTICE 'row %', i; END LOOP; RAISE WARNING 'careful'",
        102,
        "V1__x.sql, line 1: row 1",
        "V1__x.sql: notices that are not shown: 1",
        "warning: V1__x.sql, line 1: careful"
    )]
    [InlineData(
        "FOR i IN 1..102 LOOP RAISE WARNING 'row %', i; END LOOP; RAISE NOTICE 'after'",
        102,
        "warning: V1__x.sql, line 1: row 1",
        "warning: V1__x.sql: warnings that are not shown: 2",
        "V1__x.sql, line 1: after"
    )]
    public async Task They_do_not_bury_the_log(string body, int count, string first, string last, string? also = null)
    {
        using var bed = await Bed.CreateAsync();
        bed.Write("V1__x.sql", $"DO $$ BEGIN {body}; END $$;");

        var lines = (await bed.RunAsync("up"))
            .Where(line => line.Contains("V1__x.sql", StringComparison.Ordinal) && !line.Contains("applied in", StringComparison.Ordinal))
            .ToList();

        Assert.Equal(count, lines.Count);
        Assert.Equal((first, last), (lines[0], lines[^1]));
        Assert.Contains(also ?? first, lines);
    }

    [PostgresTheory]
    [InlineData(@"E'\x1b[31mred\x1b]0;title\x07\u202egnp\nnext\r\x08'", " [31mred ]0;title  gnp next")]
    public async Task They_cannot_steer_a_terminal(string literal, string shown)
    {
        using var bed = await Bed.CreateAsync();
        bed.Write("V1__x.sql", $"DO $$ BEGIN RAISE WARNING '%', {literal}; END $$;");
        bed.Write("V2__x.sql", $"DO $$ BEGIN RAISE EXCEPTION '%', {literal} USING DETAIL = {literal}; END $$;");
        var log = new LogLines();

        var (_, message) = await bed.EndAsync("up", log);

        Assert.Contains($"warning: V1__x.sql, line 1: {shown}", log.All[0], StringComparison.Ordinal);
        Assert.DoesNotContain(log.All.Append(message.Replace('\n', ' ')), line => line.Any(char.IsControl));
    }

    /// <summary>What our own BEGIN and ROLLBACK cause is none of the script's reports.</summary>
    [PostgresTheory]
    [InlineData("CREATE TABLE t (i int);\nCREATE UNIQUE INDEX CONCURRENTLY ti ON t (none);")]
    [InlineData("VACUUM;\nVACUUM nothing;")]
    [InlineData("BEGIN;\nCREATE TABLE t (i int);\nCOMMIT;\nSTART TRANSACTION;\nCREATE TABLE u (i int);\nCOMMIT;")]
    [InlineData("BEGIN;\nCREATE TABLE t (i int);\nROLLBACK;\nBEGIN;\nSELECT 1/0;\nEND;")]
    public async Task Our_own_transactions_report_nothing(string script)
    {
        using var bed = await Bed.CreateAsync();
        bed.Write("V1__x.sql", script);
        var log = new LogLines();

        await bed.EndAsync("up", log);

        Assert.DoesNotContain(log.All, line => line.Contains("transaction in progress", StringComparison.Ordinal));
    }

    /// <summary>They fire before the end of the transaction: which statement deferred them is not known.</summary>
    [PostgresTheory]
    [InlineData("INSERT INTO t VALUES (7);\nCREATE TABLE u ();", "V2__x.sql", 2)]
    [InlineData("VACUUM t;\nINSERT INTO t VALUES (7);\nCREATE TABLE u ();", "V2__x.sql", 2)]
    [InlineData("VACUUM t;\nBEGIN;\nINSERT INTO t VALUES (7);\nCREATE TABLE u ();\nCOMMIT;", "V2__x.sql", 4)]
    [InlineData("INSERT INTO t VALUES (7);", "afterMigrate.sql", 1)]
    [InlineData("-- migrate: batch table=seven key=i\nINSERT INTO t SELECT i FROM seven WHERE ${batch};", "V2__x.sql", 2)]
    public async Task Deferred_triggers_report_too(string script, string file, int line)
    {
        using var bed = await Bed.CreateAsync();
        bed.Write(
            "V1__t.sql",
            """
            CREATE TABLE seven AS SELECT 7 AS i; ALTER TABLE seven ADD PRIMARY KEY (i);
            CREATE TABLE t (i int);
            CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              RAISE NOTICE 'notice of %', NEW.i; RAISE WARNING 'warning of %', NEW.i; RETURN NULL;
            END $$;
            CREATE CONSTRAINT TRIGGER c AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f();
            """
        );
        bed.Write(file, script);

        var lines = await bed.RunAsync("up");

        Assert.Equal(
            [$"{file}, line {line}: notice of 7", $"warning: {file}, line {line}: warning of 7"],
            lines.Where(text => text.Contains(" of 7", StringComparison.Ordinal))
        );
    }

    /// <summary>With -v also those that PostgreSQL does not send by itself; that is no setting of the script's.</summary>
    [PostgresTheory]
    [InlineData(LogLevel.Information)]
    [InlineData(LogLevel.Debug, "V2__x.sql, line 2: an info", "V2__x.sql, line 2: a log")]
    public async Task Info_and_log_are_shown_when_asked_for(LogLevel level, params string[] expected)
    {
        using var bed = await Bed.CreateAsync();
        bed.Write("V2__x.sql", "SELECT 1;\nDO $$ BEGIN RAISE INFO 'an info'; RAISE LOG 'a log'; RAISE DEBUG 'none'; END $$;");
        bed.Write("V3__x.sql", "VACUUM;\nSELECT 1/0;");
        var log = new LogLines(level);

        Assert.Equal(1, (await bed.EndAsync("up", log)).ExitCode);

        Assert.Equal(expected, log.All.Where(line => line.StartsWith("V2__x.sql, line", StringComparison.Ordinal)));
        Assert.DoesNotContain(
            await bed.QueryAsync("SELECT coalesce(settings, '') FROM migrate_journal"),
            settings => settings.Contains("client_min_messages", StringComparison.Ordinal)
        );
    }

    [PostgresFact]
    public async Task What_a_failed_script_reported_is_shown_too()
    {
        using var bed = await Bed.CreateAsync();
        bed.Write("V1__x.sql", "SELECT 1;\nDO $$ BEGIN RAISE WARNING 'before'; END $$;\nSELECT 1/0;");
        var log = new LogLines();

        Assert.Equal(1, (await bed.EndAsync("up", log)).ExitCode);

        Assert.Contains("warning: V1__x.sql, line 2: before", log.All);
    }
}
