using Npgsql;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Tests.Sql;

public sealed class SqlFailureTests
{
    [Fact]
    public void A_failure_is_told_with_its_place_and_what_is_left()
    {
        var text = Describe(
            "SELECT 1;\nSELECT '😀',\n  wrong FROM t;",
            statement: 1,
            inTransaction: true,
            Failure("column \"wrong\" does not exist", "42703", position: 15, hint: "Perhaps\nnot.")
        );

        Assert.Equal(
            "sub/V1__x.sql, line 3, column 3: column \"wrong\" does not exist (SQLSTATE 42703)\n  hint: Perhaps not.\n  statement: SELECT "
                + "'😀', wrong FROM t\n  The script was rolled back: the database is as it was before it.",
            text
        );
    }

    [Fact]
    public void Without_a_transaction_the_statements_before_stay_done() =>
        Assert.EndsWith(
            "\n  The statements before it stay done; the next run continues here.",
            Describe("VACUUM x;", 0, inTransaction: false, Failure("no", "42P01", 8)),
            StringComparison.Ordinal
        );

    [Fact]
    public void What_cannot_run_in_a_transaction_says_what_to_do() =>
        Assert.Contains(
            "\n  next step: write executeInTransaction=false into V1__x.sql.conf",
            Describe("REINDEX TABLE parts;", 0, inTransaction: true, Failure("no", "25001", 0)),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_long_statement_is_cut()
    {
        var text = Describe($"SELECT {new string('1', 1_000)};", 0, inTransaction: true, Failure("no", "22003", 0));

        Assert.StartsWith("sub/V1__x.sql, line 1, column 1: no (SQLSTATE 22003)\n  statement: SELECT 111", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, 200, 400);
    }

    private static string Describe(string text, int statement, bool inTransaction, PostgresException exception)
    {
        var statements = Splitter.Split("sub/V1__x.sql", text);
        var script = new Script
        {
            Path = "sub/V1__x.sql",
            Name = new ScriptName(ScriptKind.Versioned, MigrationVersion.Parse("1"), "x"),
            Text = text,
            Checksum = 0,
            Body = new(new ScriptBody(statements, inTransaction)),
        };
        return SqlFailure.Describe(script, statements[statement], exception);
    }

    private static PostgresException Failure(string message, string state, int position, string? hint = null) =>
        new(message, "ERROR", "ERROR", state, hint: hint, position: position);
}
