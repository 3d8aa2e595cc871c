using WaitFor.Testing;

namespace WaitFor.Migrate.Tests;

/// <summary>Assertions as pgTAP's own tests are written: files that pg_prove runs as they are.</summary>
public sealed class TapTests
{
    private const string Good = """
        BEGIN;
        SELECT plan(3);
        INSERT INTO first VALUES (1);
        SELECT has_table('first');
        SELECT is((SELECT count(*) FROM first), 1::bigint, 'one row');
        SELECT todo('later', 1);
        SELECT ok(false, 'not yet');
        SELECT * FROM finish();
        ROLLBACK;
        """;

    /// <summary>A file, and what is reported; empty if it passed.</summary>
    public static TheoryData<string, string> Files =>
        new()
        {
            { Good, "" },
            { Good + "\n" + Good.Replace("has_table('first')", "has_column('first', 'id')", StringComparison.Ordinal), "" },
            { "SELECT * FROM no_plan();\nSELECT has_table('first');\nSELECT * FROM finish();", "" },
            {
                "SELECT plan(1);\nSELECT has_table('second');\nSELECT * FROM finish();",
                "line 2: the assertion failed: not ok 1 - Table second should exist"
            },
            {
                "SELECT plan(2);\nSELECT has_table('first');\nSELECT * FROM finish();",
                "line 3: the assertion failed: 2 tests were planned, 1 ran"
            },
            {
                "BEGIN;\nSELECT plan(2);\nSELECT has_table('first');\nROLLBACK;\nSELECT true;",
                "line 4: the assertion failed: 2 tests were planned, 1 ran"
            },
            {
                "SELECT * FROM no_plan();\nSELECT has_table('first');",
                "line 2: the assertion failed: no_plan() was not followed by SELECT * FROM finish()"
            },
            {
                "SELECT true WHERE false;\nSELECT plan(1);\nSELECT has_table('first');",
                "line 1: the assertion failed: it returned no row; write a query that returns true"
            },
            {
                "SELECT has_table('first');",
                "line 1: the assertion failed: line 1, column 1: You tried to run a test without a plan! Gotta have a plan"
            },
        };

    [PgTapTheory]
    [MemberData(nameof(Files))]
    public async Task A_file_of_pgTAP_is_judged_as_it_is(string text, string message)
    {
        using var bed = await Bed.CreateAsync();
        await bed.QueryAsync("CREATE EXTENSION pgtap");
        bed.Write("V1__first.sql", "CREATE TABLE first (id int);");
        bed.Assert("first.sql", text);

        var (exitCode, said) = await bed.EndAsync("up");

        Assert.True(exitCode == (message.Length == 0 ? 0 : 5), said);
        if (message.Length > 0)
            Assert.StartsWith("assert/first.sql, " + message, said, StringComparison.Ordinal);
        Assert.Equal(["0"], await bed.QueryAsync("SELECT count(*) FROM first"));
    }

    [PostgresFact]
    public async Task An_assertion_that_would_stay_is_refused_before_anything_runs()
    {
        using var bed = await Bed.CreateAsync();
        bed.Write("V1__first.sql", "CREATE TABLE first (id int);");
        bed.Assert("first.sql", "SELECT true;\nCOMMIT;");

        Assert.Equal(
            (2, "assert/first.sql, line 2, column 1: an assertion is always rolled back; leave COMMIT out"),
            await bed.EndAsync("up")
        );
        Assert.Equal(["False"], await bed.QueryAsync("SELECT to_regclass('first') IS NOT NULL"));
    }
}

/// <summary>A table of tests with pgTAP. Skipped where it is not installed; in tests/run it fails there.</summary>
internal sealed class PgTapTheoryAttribute : TheoryAttribute
{
    public PgTapTheoryAttribute() =>
        Skip = Repository.MustRunAll
            ? null
            : PostgresServer.WhyNot
                ?? (
                    File.Exists("/usr/share/postgresql/15/extension/pgtap.control")
                        ? null
                        : "there is no pgTAP: install Debian's package postgresql-15-pgtap"
                );
}
