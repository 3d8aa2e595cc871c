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
