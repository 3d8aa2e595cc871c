using System.Text;

namespace WaitFor.Migrate.Tests;

/// <summary>Bad input: the exit code of the table, one message with file, line, reason and next step, and a database that is as before. On
/// the native binary, so that all of it is seen.</summary>
public sealed class RefusalTests
{
    public static TheoryData<string, string, string, int, string> Files =>
        new()
        {
            {
                "duplicate versions",
                "V01_0__again.sql",
                "SELECT 1;",
                2,
                "V01_0__again.sql and V1__first.sql both have version 01.0; give one of them another"
            },
            {
                "an edited applied file",
                "V1__first.sql",
                "CREATE TABLE first (id bigint);",
                4,
                "V1__first.sql: the file was changed after it was applied (checksum "
            },
            {
                "a renamed applied file",
                "V1__first.sql>V1__firsts.sql",
                "",
                4,
                "V1__firsts.sql: the file was renamed after it was applied (from \"first\"); restore the name, or run migrate repair"
            },
            {
                "a file out of order",
                "V0__late.sql",
                "SELECT 1;",
                4,
                "V0__late.sql: version 0 is out of order: 5 is applied already; give it a version above 5, or allow it with "
                    + "--out-of-order"
            },
            {
                "a missing applied file",
                "V1__first.sql>",
                "",
                4,
                "version 1 (V1__first.sql) was applied, but its file was not found; restore the file, or run migrate repair "
                    + "to take it out of the history"
            },
            {
                "not UTF-8",
                "V6__x.sql",
                "SELECT 1;\nSELECT '\u00ff';",
                2,
                "V6__x.sql, line 2: the file is not utf-8; save it as UTF-8, or name its encoding: for all scripts with "
                    + "FLYWAY_ENCODING=ISO-8859-1, for this one in V6__x.sql.conf (encoding=ISO-8859-1)"
            },
            {
                "a temporary table that a resumed run would not have",
                "V6__x.sql",
                "CREATE TEMP TABLE x AS SELECT 1 AS id;\nCREATE INDEX CONCURRENTLY i ON u (id);\nSELECT * FROM x;",
                2,
                "V6__x.sql, line 1: the script makes the temporary table x, which lasts as long as its session, and uses it in line 3; but "
                    + "line 2 (CREATE INDEX CONCURRENTLY i ON u (id)) cannot run in a transaction, so the script runs statement by "
                    + "statement, and a run that resumes after an interruption would not find it\n  next step: split the script: line 2 "
                    + "into its own script, so that the rest runs in one transaction; or use an ordinary table, and drop it at the end"
            },
            {
                "another client encoding",
                "V6__x.sql",
                "SELECT 1;\nSET client_encoding = 'LATIN1';",
                2,
                "V6__x.sql, line 2: client_encoding latin1: statements are sent in UTF-8, so the server would read other characters; "
                    + "remove it, and if the file is not UTF-8, name its encoding in V6__x.sql.conf (encoding=...)"
            },
            {
                "an unterminated quote",
                "V6__x.sql",
                "SELECT 1;\n  SELECT 'x;",
                2,
                "V6__x.sql, line 2, column 10: the quote that begins here is not ended; end it with '"
            },
            {
                "an unterminated dollar quote",
                "V6__x.sql",
                "DO $a$ BEGIN END $b$;",
                2,
                "V6__x.sql, line 1, column 4: the text in $a$ that begins here is not ended; end it with $a$"
            },
            {
                "an unterminated comment",
                "V6__x.sql",
                "/* /* */ SELECT 1;",
                2,
                "V6__x.sql, line 1, column 1: the comment that begins here is not ended; end it with */"
            },
            {
                "COPY FROM stdin without an end of its data",
                "V6__x.sql",
                "COPY first FROM stdin;\n1\n",
                2,
                "V6__x.sql, line 1, column 22: the data of this COPY ... FROM stdin are not ended; end them with \\. alone on a line"
            },
            {
                "COPY TO stdout",
                "V6__x.sql",
                "SELECT 1;\nCOPY (SELECT 1) TO STDOUT;",
                2,
                "V6__x.sql, line 2, column 20: COPY ... TO stdout would print rows, which migrate does not read; remove it, or run "
                    + "the script with migrate exec -- psql -f FILE"
            },
            {
                "a NUL byte",
                "V6__x.sql",
                "SELECT 1;\nSELECT '\0';",
                2,
                "V6__x.sql, line 2, column 9: the file has a NUL byte, which no statement can contain; save the file as UTF-8 text"
            },
            {
                "what gives up the lock",
                "V6__x.sql",
                "SELECT 1;\nDISCARD ALL;",
                2,
                "V6__x.sql, line 2: DISCARD ALL would release the lock against other runs; remove it"
            },
            {
                "what gives up the lock, in a function",
                "V6__x.sql",
                "SELECT 1;\nDO $$ BEGIN PERFORM pg_catalog.pg_advisory_unlock_all(); END $$;",
                2,
                "V6__x.sql, line 2: pg_advisory_unlock_all would release the lock against other runs; remove it"
            },
            {
                "psql's own",
                "V6__x.sql",
                "SELECT 1;\n\\i other.sql\n",
                2,
                "V6__x.sql, line 2, column 1: a backslash command is psql's own; write it as SQL, or run the script with migrate exec -- "
                    + "psql -f FILE"
            },
            {
                "a transaction that lives on",
                "V6__x.sql",
                "BEGIN;\nSELECT 1;\nCOMMIT AND CHAIN;",
                2,
                "V6__x.sql, line 3: COMMIT AND CHAIN starts or keeps another transaction"
            },
            {
                "a placeholder without a value",
                "V6__x.sql",
                "SELECT 1;\nSELECT '${who}';",
                2,
                "V6__x.sql, line 2: there is no value for the placeholder ${who}; set FLYWAY_PLACEHOLDERS_WHO or --placeholder who=VALUE, "
                    + "or switch placeholders off (--placeholder-replacement=false)"
            },
            {
                "a setting that is none",
                "V1__first.sql.conf",
                "executeInTransaction=perhaps",
                2,
                "V1__first.sql.conf, line 1: \"perhaps\" is neither true nor false"
            },
            {
                "a broken assertion",
                "../assert/x.sql",
                "SELECT true;\nSELECT 'x;",
                2,
                "assert/x.sql, line 2, column 8: the quote that begins here is not ended; end it with '"
            },
        };

    [NativeTheory]
    [MemberData(nameof(Files))]
    public async Task A_file_that_cannot_be_used_ends_it_before_anything_runs(
        string what,
        string file,
        string text,
        int exitCode,
        string message
    )
    {
        using var bed = await Bed.CreateAsync();
        bed.Write("V1__first.sql", "CREATE TABLE first (id int);");
        bed.Write("V5__second.sql", "CREATE TABLE second (id int);");
        await bed.RunAsync("up");
        bed.Write("V7__pending.sql", "CREATE TABLE pending (id int);");
        if (file.Split('>') is [var from, var to])
            File.Move(Path.Combine(bed.Sql, from), to.Length > 0 ? Path.Combine(bed.Sql, to) : Path.Combine(bed.Folder, "gone"));
        else
            await File.WriteAllBytesAsync(
                Path.Combine(Directory.CreateDirectory(bed.Assertions).FullName, "..", "sql", file),
                what == "not UTF-8" ? Encoding.Latin1.GetBytes(text) : Encoding.UTF8.GetBytes(text)
            );
        var (dump, history) = (await bed.DumpAsync(), await bed.HistoryAsync());

        var end = await bed.NativeAsync("up");

        Assert.Equal(exitCode, end.ExitCode);
        // One message, and nothing else: a next step stands on its own line.
        Assert.Equal(message.Split('\n').Length, end.Log.TrimEnd().Split('\n').Length);
        Assert.StartsWith("error: " + message, end.Log[9..], StringComparison.Ordinal);
        Assert.StartsWith(message, await File.ReadAllTextAsync(bed.TerminationLog), StringComparison.Ordinal);
        Assert.Equal(dump, await bed.DumpAsync());
        Assert.Equal(history, await bed.HistoryAsync());
    }

    public static TheoryData<string, string> Assertions =>
        new()
        {
            { "SELECT true WHERE false;", "it returned no row; write a query that returns true" },
            { "SELECT false;", "its result is false" },
            { "SELECT false AS ok, 'x' AS who;", "column ok of a row (who = x) is false" },
            { "SELECT ok FROM (VALUES (true), (false)) v(ok);", "column ok is false" },
            { "SELECT NULL::boolean AS b;", "column b is null, not true" },
            { "SELECT 1 AS one;", "its first column is of type integer; write a query that returns true or false, or TAP lines" },
            { "SELECT 'ok 1 - a' UNION ALL SELECT 'not ok 2 - b';", "not ok 2 - b" },
            { "SELECT 'ok 1' || chr(10) || 'not ok 2 - c' || chr(10) || '# Failed';", "not ok 2 - c" },
            { "SELECT 'okay, not';", "\"okay, not\" is not a TAP line; write a query that returns true or false, or TAP lines" },
            { "SELECT 'whatever';", "\"whatever\" is not a TAP line; write a query that returns true or false, or TAP lines" },
            { "SELECT nothing FROM first;", "line 1, column 8: column \"nothing\" does not exist (SQLSTATE 42703)" },
            { "SELECT false AS f, ROW(1, 2) AS r;", "column f of a row (r = (1,2)) is false" },
            { "SELECT false AS f, 'good'::mood AS m;", "column f of a row (m = good) is false" },
            { "SELECT false AS f, ARRAY[1, 2] AS a;", "column f of a row (a = {1,2}) is false" },
            { "SELECT 'good'::mood;", "its first column has a custom type; write a query" },
            { "CREATE TABLE left_over (id int);", "it returned no row; write a query that returns true" },
            { "SELECT;", "it returned no column; write a query that returns true" },
        };

    [PostgresTheory]
    [MemberData(nameof(Assertions))]
    public async Task An_assertion_that_does_not_hold_is_named(string assertion, string message)
    {
        using var bed = await Bed.CreateAsync();
        bed.Write("V1__first.sql", "CREATE TABLE first (id int); CREATE TYPE mood AS ENUM ('good');");
        await bed.RunAsync("up");
        var dump = await bed.DumpAsync();
        bed.Assert(
            "1-holds.sql",
            "SELECT true; SELECT 'ok 1 - x' UNION ALL SELECT '1..2' UNION ALL SELECT '# note' UNION ALL SELECT 'not ok 2 # TODO later';"
        );
        bed.Assert("2-it.sql", "\n" + assertion);
        bed.Assert("3-later.sql", "SELECT false;");

        var (exitCode, said) = await bed.EndAsync("up --release r2");

        Assert.Equal(5, exitCode);
        Assert.StartsWith(
            $"assert/2-it.sql, line 2: the assertion failed: {message}".Replace(
                "line 1, column",
                "line 2, column",
                StringComparison.Ordinal
            ),
            said,
            StringComparison.Ordinal
        );
        Assert.Equal(dump, await bed.DumpAsync());
        Assert.Equal(["r2|failed|1"], await bed.QueryAsync("SELECT app_version, status, migration_version FROM schema_deployment_log"));
    }

    [NativeFact]
    public async Task A_folder_of_assertions_that_was_named_must_be_there()
    {
        using var bed = await Bed.CreateAsync();
        bed.Write("V1__first.sql", "CREATE TABLE first (id int);");
        var end = await Testing.NativeGate.RunAsync(
            ["up", "--locations", bed.Sql, "--assertions", "/no/such"],
            bed.Environment(),
            Testing.Repository.Migrate
        );

        Assert.Equal(2, end.ExitCode);
        Assert.EndsWith("error: --assertions /no/such: the folder does not exist; correct the path\n", end.Log, StringComparison.Ordinal);
        Assert.Equal(["False"], await bed.QueryAsync("SELECT to_regclass('first') IS NOT NULL"));
    }

    [NativeTheory]
    [InlineData("--version", 0)]
    [InlineData("version", 0)]
    public async Task It_tells_its_version(string word, int exitCode)
    {
        var end = await Testing.NativeGate.RunAsync([word], executable: Testing.Repository.Migrate);

        Assert.Equal(exitCode, end.ExitCode);
        Assert.StartsWith("migrate 0.", end.Output, StringComparison.Ordinal);
    }
}
