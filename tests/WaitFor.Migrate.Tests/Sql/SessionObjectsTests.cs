using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Tests.Sql;

/// <summary>A script that cannot run in one transaction must not depend on what ends with a session.</summary>
public sealed class SessionObjectsTests
{
    private const string Apart = ";\nCREATE INDEX CONCURRENTLY i ON t (id);\n";

    [Theory]
    [InlineData("CREATE TEMP TABLE x (id int)" + Apart + "INSERT INTO t SELECT * FROM x;", "the temporary table x", 3)]
    [InlineData(
        "create temporary table if not exists \"X\" as select 1;\nINSERT INTO t SELECT * FROM \"X\"" + Apart,
        "the temporary table x",
        2
    )]
    [InlineData("CREATE LOCAL TEMP TABLE pg_temp.x (id int)" + Apart + "DROP TABLE pg_temp.x;", "the temporary table x", 3)]
    [InlineData("CREATE TABLE pg_temp.x (id int)" + Apart + "SELECT * FROM x;", "the temporary table x", 3)]
    [InlineData("CREATE OR REPLACE TEMP VIEW x AS SELECT 1" + Apart + "SELECT * FROM x;", "the temporary view x", 3)]
    [InlineData("CREATE TEMP SEQUENCE x" + Apart + "SELECT nextval('x');", "the temporary sequence x", 3)]
    [InlineData("SELECT 1 AS id INTO TEMP x" + Apart + "SELECT * FROM x;", "the temporary table x", 3)]
    [InlineData("SELECT 1 AS id INTO TEMPORARY TABLE x FROM t" + Apart + "SELECT * FROM x;", "the temporary table x", 3)]
    [InlineData("DO $$ BEGIN CREATE TEMP TABLE x (id int); END $$" + Apart + "SELECT * FROM x;", "the temporary table x", 3)]
    [InlineData("DO $$ BEGIN EXECUTE 'create temp table x (id int)'; END $$" + Apart + "SELECT * FROM x;", "the temporary table x", 3)]
    [InlineData(
        "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'" + Apart + "SELECT pg_temp.f();",
        "the temporary routine f",
        3
    )]
    [InlineData("PREPARE p AS SELECT 1" + Apart + "EXECUTE p;", "the prepared statement p", 3)]
    [InlineData("DECLARE c CURSOR WITH HOLD FOR SELECT 1" + Apart + "FETCH c;", "the cursor c", 3)]
    public void It_is_refused_with_both_lines(string script, string what, int user)
    {
        var problem = Problem(script);

        Assert.NotNull(problem);
        Assert.StartsWith(
            $"V1__x.sql, line 1: the script makes {what}, which lasts as long as its session, and uses it in line {user}; but ",
            problem.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("(CREATE INDEX CONCURRENTLY i ON t (id)) cannot run in a transaction", problem.Message, StringComparison.Ordinal);
        Assert.Contains("\n  next step: split the script: line ", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    // Nothing needs it later.
    [InlineData("CREATE TEMP TABLE x (id int)" + Apart)]
    [InlineData("DO $$ BEGIN CREATE TEMP TABLE x (id int); INSERT INTO x VALUES (1); DROP TABLE x; END $$" + Apart)]
    // It lives in a routine.
    [InlineData(
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CREATE TEMP TABLE x (id int); END $$"
            + Apart
            + "SELECT f(), x FROM t;"
    )]
    // Names that only look like it.
    [InlineData("CREATE TABLE temp (id int)" + Apart + "SELECT * FROM temp;")]
    [InlineData("INSERT INTO temp VALUES (1)" + Apart + "INSERT INTO t VALUES (2);")]
    [InlineData("SELECT 'prepare p'" + Apart + "SELECT p FROM t;")]
    public void Others_are_not(string script) => Assert.Null(Problem(script));

    [Fact]
    public void The_setting_that_keeps_it_out_of_a_transaction_is_named() =>
        Assert.Contains(
            "V1__x.sql.conf says executeInTransaction=false, so the script runs statement by statement",
            Problem("CREATE TEMP TABLE x (id int);\nSELECT * FROM x;")!.Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("SET client_encoding = 'LATIN1'", "latin1")]
    [InlineData("SET client_encoding TO win1252", "win1252")]
    [InlineData("SET NAMES 'ISO-8859-1'", "iso88591")]
    [InlineData("SET client_encoding = 'UTF8'", null)]
    [InlineData("set session client_encoding to \"utf-8\"", null)]
    [InlineData("SET NAMES 'UNICODE'", null)]
    [InlineData("SET client_encoding TO DEFAULT", null)]
    [InlineData("SET search_path = 'latin1'", null)]
    public void A_client_encoding_other_than_ours_is_seen(string statement, string? encoding) =>
        Assert.Equal(encoding, SessionSettings.OtherEncoding(new Statement(statement, 0, 1, 1)));

    [Theory]
    [InlineData("BEGIN; CREATE TEMP TABLE t (a int); SELECT * FROM t; COMMIT; SELECT 1;", null)]
    [InlineData(
        "CREATE TEMP TABLE t (a int); COMMIT;\nSELECT * FROM t;",
        "the temporary table t, which lasts as long as its session, and uses it in line 2"
    )]
    public void What_is_used_in_the_transaction_that_makes_it_is_not_missed(string script, string? why)
    {
        var problem = Problem(script, endsTransactions: true)?.Message;

        if (why is null)
            Assert.Null(problem);
        else
            Assert.Contains(why, problem, StringComparison.Ordinal);
    }

    private static ScriptException? Problem(string script, bool endsTransactions = false) =>
        SessionObjects.Problem("V1__x.sql", new ScriptBody(Splitter.Split("V1__x.sql", script), InTransaction: false, endsTransactions));
}
