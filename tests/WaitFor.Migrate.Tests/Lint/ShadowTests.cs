using System.Globalization;
using WaitFor.Migrate.Lint;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests.Lint;

/// <summary><c>lint --shadow</c>: on a database that is made for the run and dropped.</summary>
public abstract class ShadowTests(PostgresPackage package) : ServerTests(package)
{
    private const string Databases = "SELECT datname FROM pg_database WHERE datname LIKE current_database() || '\\_lint\\_%' ORDER BY 1";

    private async Task<Bed> PrepareAsync(string pending, string first = "CREATE TABLE users (id bigint PRIMARY KEY, name text);")
    {
        var bed = await CreateBedAsync();
        bed.Write("V1__users.sql", first);
        await bed.RunAsync("up");
        bed.Write("V2__pending.sql", pending);
        return bed;
    }

    [PostgresTheory]
    [InlineData("DROP TABLE users;", 8)]
    [InlineData("SELECT 1/0;", 1)]
    [InlineData("BEGIN; CREATE TABLE a (id int); COMMIT; BEGIN; DROP TABLE users; ROLLBACK; VACUUM users;", 0)]
    [InlineData("CREATE INDEX CONCURRENTLY x ON users (name);", 0)]
    [InlineData("DO $$ BEGIN INSERT INTO users VALUES (1, 'x'); COMMIT; END $$; VACUUM users;", 0)]
    [InlineData("ALTER TYPE mood ADD VALUE 'happy';", 0)]
    public async Task It_runs_for_real_and_is_dropped(string pending, int exitCode)
    {
        using var bed = await PrepareAsync(pending, "CREATE TABLE users (id bigint, name text); CREATE TYPE mood AS ENUM ('sad');");
        bed.Write("V3__more.sql", "CREATE TABLE more (of mood DEFAULT 'sad');");
        var (before, history) = (await bed.DumpAsync(), await bed.HistoryAsync());
        var seen = new Seen("users");
        var end = await bed.LintAsync("lint --shadow", seen);

        Assert.True(exitCode == end.ExitCode, end.Message);
        Assert.Equal(before, await bed.DumpAsync());
        Assert.Equal(history, await bed.HistoryAsync());
        Assert.Empty(await bed.QueryAsync(Databases));
        if (exitCode == 1)
            Assert.Contains("V2__pending.sql, line 1, column 1: division by zero (SQLSTATE 22012)", end.Message, StringComparison.Ordinal);
        else
            Assert.All(seen.Rehearsal!.Observations, one => Assert.True(one.Ran));
    }

    [PostgresFact]
    public async Task What_the_script_rolls_back_is_not_seen_after_it()
    {
        using var bed = await PrepareAsync(
            "BEGIN; CREATE TABLE a (id int); COMMIT; BEGIN; DROP TABLE users; ROLLBACK; ALTER TABLE users ADD b int;"
        );
        var rehearsal = await bed.ObserveAsync("lint --shadow");

        Assert.Equal(3, rehearsal.Observations.Select(one => one.Transaction).Distinct().Count());
        Assert.Contains(rehearsal.Observations[1].Locks, held => held.Mode == "AccessExclusiveLock");
        Assert.Same(rehearsal.Observations[1].Before, rehearsal.Observations[1].After);
        Assert.Equal(3, rehearsal.Observations[2].After.Table("users").Columns.Count);
    }

    [PostgresFact]
    public async Task A_role_without_CREATEDB_is_told_what_to_do()
    {
        using var bed = await PrepareAsync("SELECT 1;");
        var role = $"lint_plain_{Guid.NewGuid():N}";
        await bed.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'secret'", $"GRANT SELECT ON flyway_schema_history TO {role}");
        var url = new UriBuilder(bed.Url) { UserName = role, Password = "secret" }.Uri.ToString();
        var end = await bed.LintAsync(
            "lint --shadow",
            new Seen(),
            environment: new Dictionary<string, string> { ["DATABASE_URL"] = url }
        );

        Assert.Equal(3, end.ExitCode);
        Assert.Equal(
            $"--shadow creates its own database, and the role {role} cannot create databases; run ALTER ROLE \"{role}\" CREATEDB as an "
                + "administrator, give a URL with a role that can, or lint without --shadow on a copy",
            end.Message
        );
    }

    [PostgresFact]
    public async Task A_role_with_CREATEDB_alone_can()
    {
        using var bed = await PrepareAsync("DROP TABLE users;");
        var role = $"lint_maker_{Guid.NewGuid():N}";
        await bed.ExecuteAsync($"CREATE ROLE {role} LOGIN CREATEDB PASSWORD 'secret'", $"GRANT SELECT ON flyway_schema_history TO {role}");
        var url = new UriBuilder(bed.Url) { UserName = role, Password = "secret" }.Uri.ToString();
        var end = await bed.LintAsync(
            "lint --shadow",
            new Seen("users"),
            environment: new Dictionary<string, string> { ["DATABASE_URL"] = url }
        );

        Assert.True(end.ExitCode == 8, end.Message);
        Assert.Empty(await bed.QueryAsync(Databases));
    }

    [PostgresFact]
    public async Task What_killed_runs_have_left_is_dropped_after_an_hour()
    {
        using var bed = await PrepareAsync("SELECT 1;");
        var name = (await bed.QueryAsync("SELECT current_database()"))[0];
        var now = DateTime.Parse((await bed.QueryAsync("SELECT now() AT TIME ZONE 'UTC'"))[0], CultureInfo.InvariantCulture);
        var (old, young) = (ShadowName.Of(name, now.AddHours(-2), 1), ShadowName.Of(name, now.AddMinutes(-50), 2));
        var others = $"{name}x_lint_200001010000_00000000";
        await bed.ExecuteAsync($"CREATE DATABASE \"{old}\"", $"CREATE DATABASE \"{young}\"", $"CREATE DATABASE {others}");
        var log = new LogLines();
        var end = await bed.LintAsync("lint --shadow", new Seen(), log);

        Assert.True(end.ExitCode == 0, end.Message);
        Assert.Equal([young], await bed.QueryAsync(Databases));
        Assert.Contains($"dropped: the shadow database {old}, left by a run that was killed", log.All);
        Assert.Equal(["1"], await bed.QueryAsync($"SELECT count(*) FROM pg_database WHERE datname = '{others}'"));
    }

    [PostgresFact]
    public async Task A_signal_drops_it_too()
    {
        using var bed = await PrepareAsync("SELECT pg_sleep(60);");
        using var signal = new CancellationTokenSource();
        var run = bed.LintAsync("lint --shadow", new Seen(), cancel: signal.Token);
        await bed.UntilAsync(
            "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname LIKE current_database() || '\\_lint\\_%'"
        );
        await signal.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Empty(await bed.QueryAsync(Databases));
    }

    [PostgresTheory]
    [InlineData("CREATE ROLE lint_stays;", true)]
    [InlineData("ALTER DATABASE postgres SET work_mem = '5MB';", true)]
    [InlineData("GRANT CONNECT ON DATABASE postgres TO PUBLIC;", true)]
    [InlineData("COMMENT ON ROLE postgres IS 'x';", true)]
    [InlineData("DO $$ BEGIN CREATE ROLE lint_stays; END $$;", false)]
    public async Task What_belongs_to_the_whole_server_does_not_change(string pending, bool skipped)
    {
        using var bed = await PrepareAsync(pending);
        var (seen, log) = (new Seen(), new LogLines());
        var end = await bed.LintAsync("lint --shadow", seen, log);

        Assert.True(end.ExitCode == (skipped ? 0 : 2), end.Message);
        if (skipped)
            Assert.False(Assert.Single(seen.Rehearsal!.Observations).Ran);
        else
            Assert.StartsWith("V2__pending.sql, line 1: it changes roles, databases or tablespaces", end.Message, StringComparison.Ordinal);
        Assert.Equal(["0"], await bed.QueryAsync("SELECT count(*) FROM pg_roles WHERE rolname = 'lint_stays'"));
    }

    [PostgresFact]
    public async Task It_has_the_settings_and_the_schema_of_the_named_database()
    {
        using var bed = await CreateBedAsync();
        var name = (await bed.QueryAsync("SELECT current_database()"))[0];
        await bed.ExecuteAsync(
            "CREATE SCHEMA app",
            $"ALTER DATABASE {name} SET search_path = app, public",
            $"ALTER DATABASE {name} SET timezone = 'Asia/Tokyo'"
        );
        bed.Write("V1__users.sql", "CREATE TABLE users (zone text DEFAULT current_setting('timezone')); INSERT INTO users DEFAULT VALUES;");
        bed.Write("V2__check.sql", "DO $$ BEGIN IF (SELECT zone FROM app.users) <> 'Asia/Tokyo' THEN RAISE 'no'; END IF; END $$;");
        var end = await bed.LintAsync("lint --shadow", new Seen());

        Assert.True(end.ExitCode == 0, end.Message);
    }
}

public sealed class ShadowTestsOnDebian() : ShadowTests(PostgresPackage.Debian);

public sealed class ShadowTestsOn18() : ShadowTests(PostgresPackage.Npm);
