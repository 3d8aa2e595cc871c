using System.Globalization;
using WaitFor.Migrate.Sql;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests;

/// <summary>Only one migration at a time: whoever comes later waits, says for whom, and then has nothing to do.</summary>
public abstract class LockTests(PostgresPackage package) : ServerTests(package)
{
    private const string Held =
        "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE "
        + "datname = current_database()))";

    // On each server; more than the 18 combinations of what a round varies.
    public static TheoryData<int> Rounds => [.. Enumerable.Range(0, 25)];

    [NativeTheory]
    [MemberData(nameof(Rounds))]
    public async Task Two_to_ten_at_once_run_each_script_exactly_once(int round)
    {
        var runs = 2 + (round % 9);
        using var bed = await CreateBedAsync();
        // A table that counts: a script that ran twice would be seen even if it did no harm.
        await bed.ExecuteAsync("CREATE SCHEMA seen", "CREATE TABLE seen.runs (script int, at timestamptz DEFAULT clock_timestamp())");
        bed.Write(
            "V1__table.sql",
            "INSERT INTO seen.runs (script) VALUES (1); CREATE TABLE users (id int, name text); INSERT INTO users SELECT i, 'u' || i FROM "
                + "generate_series(1, 200) i;"
        );
        bed.Write("V2__data.sql", "INSERT INTO seen.runs (script) VALUES (2); UPDATE users SET name = upper(name); SELECT pg_sleep(0.02);");
        var scripts = 2;
        if (round % 2 == 0)
        {
            scripts = 3;
            bed.Write(
                "V3__index.sql",
                "INSERT INTO seen.runs (script) VALUES (3); CREATE INDEX CONCURRENTLY users_name ON users (name); CREATE UNIQUE INDEX "
                    + "CONCURRENTLY IF NOT EXISTS users_id ON users (id);"
            );
        }

        var log = Enumerable.Range(0, runs).Select(_ => new LogLines()).ToList();
        var ends = await Task.WhenAll(
            Enumerable
                .Range(0, runs)
                .Select(async run =>
                    run < 7 ? await bed.EndAsync("up --release r1", log[run])
                    : await bed.NativeAsync("up --release r1") is var (exitCode, _, said) ? (exitCode, said)
                    : default
                )
        );

        Assert.All(ends, end => Assert.True(end.Item1 == 0, end.Item2));
        Assert.Equal(
            Enumerable.Range(1, scripts).Select(script => $"{script}|1"),
            await bed.QueryAsync("SELECT script, count(*) FROM seen.runs GROUP BY 1 ORDER BY 1")
        );
        Assert.Equal(
            Enumerable.Range(1, scripts).Select(script => $"{script}|True"),
            await bed.QueryAsync("SELECT version, success FROM flyway_schema_history ORDER BY installed_rank")
        );
        Assert.Equal(["0"], await bed.QueryAsync("SELECT count(*) FROM pg_index WHERE NOT indisvalid"));
        Assert.Equal([$"{runs}"], await bed.QueryAsync("SELECT count(*) FROM schema_deployment_log WHERE status = 'succeeded'"));
        Assert.Equal(
            1,
            ends.Count(end =>
                end.Item2.Contains($"done: {scripts} applied, the database is at version {scripts}", StringComparison.Ordinal)
            )
        );
        // Each in-process run that found the lock taken has said so, with a backend and its name.
        Assert.All(log.SelectMany(lines => lines.All).Where(line => line.StartsWith("waiting", StringComparison.Ordinal)), line =>
            Assert.Matches(
                @"^waiting for the lock: (backend \d+ \(migrate up r1, user postgres, connected since \d{4}-\d\d-\d\d .*\)"
                    + "|another run) holds it$",
                line
            )
        );
    }

    [PostgresFact]
    public async Task Who_waits_says_for_whom_and_goes_on_when_the_lock_is_free()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__t.sql", "CREATE TABLE t (id int);");
        // Flyway's key for "public"."flyway_schema_history", as Flyway itself would hold it.
        await using var flyway = await HoldAsync(bed, 77433833903597);
        var log = new LogLines();
        var run = bed.RunAsync("up", log);
        await log.ContainsAsync("waiting for the lock");

        Assert.Matches(
            $@"^waiting for the lock: backend {flyway.ProcessID} \(Flyway by Redgate, user postgres, connected since .+, "
                + @"idle: SELECT pg_advisory_lock\(77433833903597\)\) holds it$",
            log.All[0]
        );
        Assert.Equal(["False"], await bed.QueryAsync("SELECT to_regclass('t') IS NOT NULL"));
        await flyway.DisposeAsync();
        await run;
        Assert.Equal(["1|V1__t.sql|True"], await bed.HistoryAsync());
    }

    [PostgresFact]
    public async Task Who_waits_holds_no_snapshot_that_a_concurrent_index_would_wait_for()
    {
        using var bed = await CreateBedAsync();
        await using var other = await HoldAsync(bed, AdvisoryKey.OfFlyway("public", "flyway_schema_history"));
        var log = new LogLines();
        var run = bed.RunAsync("up", log);
        await log.ContainsAsync("waiting for the lock");

        // Several looks: it is never seen within a transaction.
        for (var look = 0; look < 20; look++)
            Assert.Equal(
                ["0"],
                await bed.QueryAsync(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'migrate up%' AND datname = current_database() AND "
                        + "(state LIKE 'idle in%' OR (state = 'idle' AND backend_xmin IS NOT NULL))"
                )
            );
        await other.DisposeAsync();
        await run;
    }

    [PostgresTheory]
    [InlineData("up", "public", "flyway_schema_history", null)]
    [InlineData("up --schema app --table v", "app", "v", null)]
    [InlineData("baseline", "public", "flyway_schema_history", null)]
    [InlineData("repair", "public", "flyway_schema_history", null)]
    [InlineData("exec", "public", null, "true")]
    public async Task The_lock_timeout_ends_it_with_6(string command, string schema, string? table, string? child)
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__t.sql", "CREATE TABLE t (id int);");
        var before = await bed.DumpAsync();
        await using var other = await HoldAsync(bed, table is null ? AdvisoryKey.OfExec(schema) : AdvisoryKey.OfFlyway(schema, table));
        (int ExitCode, string Message) end =
            child is null ? await bed.EndAsync($"{command} --lock-timeout 300ms")
            : await bed.NativeAsync($"{command} --lock-timeout 300ms", child) is var (exitCode, _, log) ? (exitCode, log)
            : default;

        Assert.Equal(6, end.ExitCode);
        Assert.Contains(
            $"could not acquire the lock within 300ms: backend {other.ProcessID.ToString(CultureInfo.InvariantCulture)} (Flyway by "
                + "Redgate, ",
            end.Message,
            StringComparison.Ordinal
        );
        Assert.EndsWith(
            "holds it; wait for its end, or end it (SELECT pg_terminate_backend("
                + $"{other.ProcessID.ToString(CultureInfo.InvariantCulture)})), then start again",
            end.Message.TrimEnd(),
            StringComparison.Ordinal
        );
        Assert.Equal(before, await bed.DumpAsync());
    }

    [PostgresFact]
    public async Task Reading_commands_need_no_lock()
    {
        using var bed = await CreateBedAsync();
        await bed.RunAsync("up");
        await using var other = await HoldAsync(bed, AdvisoryKey.OfFlyway("public", "flyway_schema_history"));
        Assert.Equal(["valid: 0 applied, 0 pending"], await bed.RunAsync("validate --lock-timeout 1ms"));
    }

    [PostgresFact]
    public async Task The_lock_is_on_the_connection_that_does_the_work()
    {
        using var bed = await CreateBedAsync();
        bed.Write(
            "V1__t.sql",
            "CREATE TABLE t AS SELECT count(*) AS locks FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND pid = "
                + "pg_backend_pid() AND granted;"
        );
        bed.Write(
            "V2__u.sql",
            "VACUUM t; CREATE TABLE u AS SELECT count(*) AS locks FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' "
                + "AND pid = pg_backend_pid() AND granted;"
        );
        await bed.RunAsync("up");

        Assert.Equal(["1|1"], await bed.QueryAsync("SELECT t.locks, u.locks FROM t, u"));
        Assert.Equal(["False"], await bed.QueryAsync(Held));
    }

    [PostgresFact]
    public async Task The_lock_is_given_back_and_not_left_to_the_end_of_the_connection()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__t.sql", "CREATE TABLE t (id int);");
        // Its connection to the server outlives the session, and nothing is done to it in between.
        await using var pooler = await Pooler.StartAsync(new Uri(bed.Url).Port, "session", 20, reset: "");
        foreach (var command in new[] { "up", "repair" })
            Assert.Equal(0, (await bed.EndAsync($"{command} --url {new UriBuilder(bed.Url) { Port = pooler.Port }.Uri}")).ExitCode);

        Assert.NotEqual(
            ["0"],
            await bed.QueryAsync(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'migrate%'"
            )
        );
        Assert.Equal(["False"], await bed.QueryAsync(Held));
    }

    /// <summary>A team that moves from one to the other runs both for a while.</summary>
    [NativeTheory]
    [InlineData("exec", "up --release r2", "")]
    [InlineData("up", "exec --release r2", "true")]
    public async Task A_wrapped_tool_and_scripts_do_not_run_at_the_same_time(string first, string second, string tool)
    {
        using var bed = await CreateBedAsync();
        await using var barrier = await HoldAsync(bed, 7);
        bed.Write("V1__t.sql", first == "up" ? "SELECT pg_advisory_xact_lock(7);" : "CREATE TABLE t (id int);");
        await using var one =
            first == "up"
                ? bed.Start("up --release r1")
                : bed.Start("exec --release r1", "psql", bed.Url, "-c", "SELECT pg_advisory_lock(7)");
        await bed.UntilAsync("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database())");

        await using var other = bed.Start(second, tool.Length == 0 ? [] : [tool]);
        await other.LogsAsync($"(migrate {first} r1, user postgres, ");
        Assert.True(other.Running);
        await barrier.DisposeAsync();

        Assert.True(await one.ExitAsync() == 0, one.Log);
        Assert.True(await other.ExitAsync() == 0, other.Log);
        Assert.Equal(["False"], await bed.QueryAsync(Held));
    }

    [NativeFact]
    public async Task Scripts_that_a_wrapped_tool_applies_do_not_wait_for_their_own_envelope()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__t.sql", "CREATE TABLE t (id int);");

        var (exitCode, _, log) = await bed.NativeAsync("exec", Repository.Migrate, "up", "--locations", bed.Sql);

        Assert.True(exitCode == 0, log);
        Assert.Equal(["1|V1__t.sql|True"], await bed.HistoryAsync());
    }

    private static async Task<Npgsql.NpgsqlConnection> HoldAsync(Bed bed, long key)
    {
        var connection = await bed.ConnectAsync();
        foreach (
            var sql in new[]
            {
                "SET application_name = 'Flyway by Redgate'",
                $"SELECT pg_advisory_lock({key.ToString(CultureInfo.InvariantCulture)})",
            }
        )
        {
            await using var command = new Npgsql.NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }

        return connection;
    }
}

public sealed class LockTestsOnDebian() : LockTests(PostgresPackage.Debian);

public sealed class LockTestsOn18() : LockTests(PostgresPackage.Npm);
