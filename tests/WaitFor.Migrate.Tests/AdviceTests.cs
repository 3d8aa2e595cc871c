namespace WaitFor.Migrate.Tests;

/// <summary>What a failed statement advises: what helps, and nothing that does not.</summary>
public sealed class AdviceTests
{
    private const string Prepare =
        """
        CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (m mood); CREATE TABLE y (i int);
        CREATE TABLE p (i int) PARTITION BY LIST (i); CREATE INDEX pi ON p (i); CREATE TABLE n (i int); INSERT INTO n VALUES (0);
        CREATE PROCEDURE ends() LANGUAGE plpgsql AS 'BEGIN COMMIT; END';
        CREATE FUNCTION ended() RETURNS void LANGUAGE plpgsql AS 'BEGIN COMMIT; END';
        CREATE FUNCTION calls() RETURNS void LANGUAGE plpgsql AS 'BEGIN CALL ends(); END';
        CREATE FUNCTION vacuums() RETURNS void LANGUAGE plpgsql AS 'BEGIN EXECUTE ''VACUUM y''; END';
        CREATE FUNCTION hides() RETURNS void LANGUAGE plpgsql AS 'BEGIN CREATE TEMP TABLE hidden (i int); END';
        """;

    private const string Apart = "write executeInTransaction=false into V2__x.sql.conf";

    /// <summary>A script, executeInTransaction, and how the next step begins.</summary>
    [PostgresTheory]
    [InlineData("DO $$ BEGIN COMMIT; END $$;", true, Apart)]
    [InlineData("SELECT 1; CALL ends();", true, Apart)]
    [InlineData("CLUSTER p USING pi;", true, Apart)]
    [InlineData("REINDEX TABLE p;", true, Apart)]
    [InlineData("SELECT vacuums();", true, "make it a statement of the script: ")]
    [InlineData("SELECT vacuums();", false, "make it a statement of the script: ")]
    [InlineData("DO $$ BEGIN EXECUTE 'CREATE INDEX CONCURRENTLY yi ON y (i)'; END $$;", true, "make it a statement of the script: ")]
    [InlineData("DO $$ BEGIN EXECUTE 'CREATE INDEX CONCURRENTLY yi ON y (i)'; END $$;", false, "make it a statement of the script: ")]
    [InlineData("SELECT ended();", true, "only a procedure (CALL) or a DO block can run COMMIT")]
    [InlineData("SELECT ended();", false, "only a procedure (CALL) or a DO block can run COMMIT")]
    [InlineData("DO $$ BEGIN PERFORM calls(); END $$;", false, "a COMMIT or ROLLBACK runs only where DO or CALL lead straight to it")]
    [InlineData(
        "DO $$ BEGIN BEGIN COMMIT; EXCEPTION WHEN others THEN RAISE; END; END $$;",
        false,
        "move the COMMIT or ROLLBACK out of the block that has an EXCEPTION clause"
    )]
    [InlineData("ALTER TYPE mood ADD VALUE 'x'; INSERT INTO t VALUES ('x');", true, "put ALTER TYPE ... ADD VALUE into its own script")]
    public async Task The_next_step_is_one_that_helps(string script, bool together, string next)
    {
        using var bed = await BedAsync();
        bed.Write("V2__x.sql", script);
        if (!together)
            bed.Write("V2__x.sql.conf", "executeInTransaction=false");

        var (exitCode, message) = await bed.EndAsync("up");

        Assert.Equal(1, exitCode);
        Assert.Contains($"\n  next step: {next}", message, StringComparison.Ordinal);
    }

    /// <summary>What only the server knows to be the session's is explained where the resumed run misses it.</summary>
    [PostgresTheory]
    [InlineData("SELECT hides();", "SELECT * FROM hidden;", true)]
    [InlineData("SET search_path = pg_temp, public; CREATE TABLE hidden (i int);", "INSERT INTO hidden VALUES (1);", true)]
    [InlineData("CREATE SEQUENCE s; SELECT nextval('s');", "SELECT currval('s');", true)]
    [InlineData("SELECT 1;", "SELECT 1/i FROM n WHERE i = 2; SELECT 1/0;", false)]
    public async Task A_resumed_run_that_misses_something_names_a_way_out(string before, string after, bool named)
    {
        using var bed = await BedAsync();
        bed.Write("V2__x.sql", $"{before} VACUUM y; SELECT 1/i FROM n; {after}");
        var first = await bed.EndAsync("up");
        await bed.ExecuteAsync("UPDATE n SET i = 1");

        var second = await bed.EndAsync("up");

        Assert.DoesNotContain("This run resumed the script", first.Message, StringComparison.Ordinal);
        Assert.Equal(1, second.ExitCode);
        Assert.Equal(named, second.Message.Contains("\n  This run resumed the script: ", StringComparison.Ordinal));
        if (!named)
            return;
        var start = second.Message.IndexOf("DELETE FROM", StringComparison.Ordinal);
        await bed.ExecuteAsync(second.Message[start..second.Message.IndexOf(';', start)]);
        await bed.ExecuteAsync("DROP SEQUENCE IF EXISTS s");
        await bed.RunAsync("up");
    }

    [PostgresFact]
    public async Task Wait_ends_in_time_where_a_table_is_locked()
    {
        using var bed = await BedAsync();
        await using var holder = await bed.ConnectAsync("BEGIN", "LOCK TABLE flyway_schema_history");

        var (exitCode, message) = await bed.EndAsync("wait --version 1 --timeout 1s");

        Assert.Equal(124, exitCode);
        Assert.Contains("without success for the answer to a query; check the server's load, and who", message, StringComparison.Ordinal);
    }

    private static async Task<Bed> BedAsync()
    {
        var bed = await Bed.CreateAsync();
        bed.Write("V1__prepare.sql", Prepare);
        await bed.RunAsync("up");
        return bed;
    }
}
