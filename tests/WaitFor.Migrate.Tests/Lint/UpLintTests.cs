using WaitFor.Testing;

namespace WaitFor.Migrate.Tests.Lint;

/// <summary><c>up --lint</c>: rehearses on its own connection before the first script.</summary>
public abstract class UpLintTests(PostgresPackage package) : ServerTests(package)
{
    [PostgresFact]
    public async Task Nothing_is_applied_where_there_are_errors()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__users.sql", "CREATE TABLE users (id int); CREATE SEQUENCE s;");
        await bed.RunAsync("up");
        bed.Write("V2__more.sql", "CREATE TABLE more (id int);");
        bed.Write("V3__drop.sql", "SELECT 1;\nDROP TABLE users;");
        var (before, log) = (await bed.DumpAsync(), new LogLines());
        var end = await bed.LintAsync("up --lint --release r1", new Seen("users"), log);

        Assert.Equal(8, end.ExitCode);
        Assert.StartsWith("1 error (up --lint): nothing was applied", end.Message, StringComparison.Ordinal);
        Assert.Contains("V3__drop.sql, line 2: no-such-table: table public.users: it is gone", log.All);
        Assert.Equal("", end.Output);
        Assert.Equal(before, await bed.DumpAsync());
        Assert.Equal(["1|V1__users.sql|True"], await bed.HistoryAsync());
        Assert.Equal(["failed"], await bed.QueryAsync("SELECT status FROM schema_deployment_log"));
    }

    [PostgresFact]
    public async Task All_is_applied_where_there_are_none()
    {
        using var bed = await CreateBedAsync();
        bed.Write(
            "V1__users.sql",
            "SET search_path = public; CREATE TABLE users (id int); CREATE TEMP TABLE t (id int); PREPARE p AS SELECT 1; "
                + "SET ROLE pg_monitor;"
        );
        bed.Write("V2__drop.sql", "-- migrate: allow no-such-table  nobody uses it\nDROP TABLE users;");
        var end = await bed.LintAsync("up --lint", new Seen("users"));

        Assert.True(end.ExitCode == 0, end.Message);
        Assert.Equal(2, (await bed.HistoryAsync()).Count);
    }

    [PostgresFact]
    public async Task Without_it_nothing_is_judged()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__users.sql", "CREATE TABLE users (id int);");
        bed.Write("V2__drop.sql", "DROP TABLE users;");

        Assert.Equal(0, (await bed.LintAsync("up", new Seen("users"))).ExitCode);
    }

    [PostgresFact]
    public async Task What_cannot_be_rehearsed_is_refused()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__users.sql", "CREATE TABLE users (id int); COMMIT; SELECT 1;");
        var end = await bed.LintAsync("up --lint", new Seen());

        Assert.Equal(2, end.ExitCode);
        Assert.Contains("V1__users.sql, line 1: COMMIT would end the transaction", end.Message, StringComparison.Ordinal);
        Assert.Equal(["False"], await bed.QueryAsync("SELECT to_regclass('users') IS NOT NULL"));
    }
}

public sealed class UpLintTestsOnDebian() : UpLintTests(PostgresPackage.Debian);

public sealed class UpLintTestsOn18() : UpLintTests(PostgresPackage.Npm);
