using WaitFor.Testing;

namespace WaitFor.Migrate.Tests;

/// <summary>The deployment log, and migrate wait, which reads it.</summary>
public abstract class DeploymentLogTests(PostgresPackage package) : ServerTests(package)
{
    [PostgresFact]
    public async Task The_table_is_as_promised_and_success_is_stamped()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1_2__t.sql", "CREATE TABLE t AS SELECT status, finished_at FROM schema_deployment_log;");
        await bed.RunAsync("up --release r1");

        Assert.Equal(
            [
                "id|bigint|NO",
                "app_version|text|NO",
                "migration_version|text|YES",
                "deployed_at|timestamp with time zone|NO",
                "deployed_by|text|NO",
                "status|text|NO",
                "finished_at|timestamp with time zone|YES",
                "checksum|text|YES",
            ],
            await bed.QueryAsync(
                "SELECT column_name, data_type, is_nullable FROM information_schema.columns WHERE table_name = 'schema_deployment_log' "
                    + "ORDER BY ordinal_position"
            )
        );
        Assert.Equal(["started|"], await bed.QueryAsync("SELECT * FROM t"));
        Assert.Equal(
            [$"1|r1|1.2|{Environment.MachineName}|succeeded|True|8"],
            await bed.QueryAsync(
                "SELECT id, app_version, migration_version, deployed_by, status, finished_at >= deployed_at, length(checksum) FROM "
                    + "schema_deployment_log"
            )
        );
    }

    [PostgresFact]
    public async Task A_run_without_a_release_stamps_nothing()
    {
        using var bed = await CreateBedAsync();
        await bed.RunAsync("up");
        Assert.Equal(["False"], await bed.QueryAsync("SELECT to_regclass('schema_deployment_log') IS NOT NULL"));
    }

    [PostgresFact]
    public async Task Who_started_and_did_not_end_was_interrupted()
    {
        using var bed = await CreateBedAsync();
        await bed.RunAsync("up --release r1");
        await bed.ExecuteAsync(
            "INSERT INTO schema_deployment_log (app_version, deployed_by, status) VALUES ('r2', 'a killed pod', 'started')"
        );
        bed.Write("V1__bad.sql", "BROKEN");
        Assert.Equal(1, (await bed.EndAsync("up --release r3")).ExitCode);

        Assert.Equal(
            ["r1|succeeded|True", "r2|interrupted|True", "r3|failed|True"],
            await bed.QueryAsync("SELECT app_version, status, finished_at IS NOT NULL FROM schema_deployment_log ORDER BY id")
        );
    }

    [PostgresFact]
    public async Task A_run_that_is_still_at_work_with_another_history_is_not_taken_for_interrupted()
    {
        using var bed = await CreateBedAsync();
        await bed.RunAsync("up --release r0");
        bed.Write("V1__waits.sql", "SELECT pg_advisory_xact_lock(7);");
        await using var other = await bed.ConnectAsync();
        await using (var command = new Npgsql.NpgsqlCommand("SELECT pg_advisory_lock(7)", other))
            await command.ExecuteNonQueryAsync();
        var run = bed.RunAsync("up --release r1");
        await bed.UntilAsync(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database "
                + "WHERE datname = current_database()))"
        );
        File.Delete(Path.Combine(bed.Sql, "V1__waits.sql"));
        await bed.RunAsync("up --release r2 --table other --baseline-on-migrate");

        Assert.Equal(
            ["r0|succeeded", "r1|started", "r2|succeeded"],
            await bed.QueryAsync("SELECT app_version, status FROM schema_deployment_log ORDER BY id")
        );
        await other.DisposeAsync();
        await run;
        Assert.Equal(["succeeded"], await bed.QueryAsync("SELECT status FROM schema_deployment_log WHERE app_version = 'r1'"));
    }

    [PostgresTheory]
    [InlineData("DELETE")]
    [InlineData("UNDO_SQL")]
    public async Task A_version_that_was_taken_back_keeps_the_gate_shut(string type)
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__a.sql", "CREATE TABLE a (id int);");
        bed.Write("V2__b.sql", "CREATE TABLE b (id int);");
        await bed.RunAsync("up");
        await bed.ExecuteAsync(
            $"INSERT INTO flyway_schema_history SELECT 3, version, description, '{type}', script, checksum, installed_by, installed_on, "
                + "0, true FROM flyway_schema_history WHERE version = '2'"
        );
        File.Delete(Path.Combine(bed.Sql, "V2__b.sql"));

        Assert.Equal(
            (124, "timed out after 1ms: the database is at version 1, not yet at version 2; look at the migration Job and its log"),
            await bed.EndAsync("wait --version 2 --timeout 1ms")
        );
        Assert.Equal(["nothing to do: the database is at version 1"], await bed.RunAsync("up"));
    }

    [PostgresTheory]
    [InlineData(
        "wait --release r1",
        "release r1 is not recorded as succeeded in public.schema_deployment_log: its newest run, by me, failed at ",
        "INSERT INTO schema_deployment_log (app_version, deployed_by, status) VALUES ('r1', 'me', 'succeeded')",
        "release r1 is recorded as succeeded"
    )]
    [InlineData(
        "wait --version 2",
        "the database is at version 1, not yet at version 2",
        "INSERT INTO flyway_schema_history SELECT 9, '2.0', description, type, script, checksum, installed_by, installed_on, 0, true FROM "
            + "flyway_schema_history",
        "version 2 is reached"
    )]
    public async Task The_gate_waits_and_opens(string command, string waiting, string opening, string open)
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__a.sql", "CREATE TABLE a (id int);");
        await bed.RunAsync("up --release r0");
        await bed.ExecuteAsync("INSERT INTO schema_deployment_log (app_version, deployed_by, status) VALUES ('r1', 'me', 'failed')");
        var log = new LogLines();
        var run = bed.RunAsync(command, log);
        await log.ContainsAsync("waiting: " + waiting);
        await bed.ExecuteAsync(opening);
        await run;

        Assert.StartsWith("waiting: " + waiting, log.All[0], StringComparison.Ordinal);
        Assert.Equal(["ready: " + open], log.All.Skip(1));
    }

    [PostgresTheory]
    [InlineData("succeeded", true)]
    [InlineData("succeeded failed", false)]
    [InlineData("succeeded interrupted", false)]
    [InlineData("succeeded started", false)]
    [InlineData("failed succeeded", true)]
    [InlineData("succeeded failed succeeded", true)]
    [InlineData("succeeded failed started", false)]
    public async Task The_newest_run_of_a_release_decides(string runs, bool open)
    {
        using var bed = await Bed.CreateAsync();
        bed.Write("V1__a.sql", "CREATE TABLE a (id int);");
        await bed.RunAsync("up --release other");
        foreach (var status in runs.Split(' '))
            await bed.ExecuteAsync($"INSERT INTO schema_deployment_log (app_version, deployed_by, status) VALUES ('r1', 'me', '{status}')");
        // Another release's run says nothing of this one.
        await bed.ExecuteAsync("INSERT INTO schema_deployment_log (app_version, deployed_by, status) VALUES ('r2', 'me', 'failed')");

        var (exitCode, message) = await bed.EndAsync("wait --release r1 --timeout 1ms");

        Assert.Equal(open ? 0 : 124, exitCode);
        if (!open)
            Assert.Contains("; an earlier run succeeded, but the newest one decides; look at", message, StringComparison.Ordinal);
    }

    [PostgresTheory]
    [InlineData("wait --release r0", 0, "ready: release r0 is recorded as succeeded")]
    [InlineData("wait --version 1", 0, "ready: version 1 is reached")]
    [InlineData("wait --version 0.9", 0, "ready: version 0.9 is reached")]
    [InlineData("wait --version 1.0 --release r0", 0, "ready: release r0 is recorded as succeeded, version 1.0 is reached")]
    [InlineData(
        "wait --version 1 --release r9",
        124,
        "release r9 is not recorded as succeeded in public.schema_deployment_log; look at the migration Job and its log"
    )]
    [InlineData("wait --version 1.1", 124, "the database is at version 1, not yet at version 1.1; look at the migration Job and its log")]
    [InlineData(
        "wait --version 1 --table other",
        124,
        "there is no history table \"public\".\"other\" yet; look at the migration Job and its log"
    )]
    [InlineData(
        "wait --version 1 --schema other",
        124,
        "there is no history table \"other\".\"flyway_schema_history\" yet; look at the migration Job and its log"
    )]
    public async Task The_gate_is_open_or_times_out(string command, int exitCode, string message)
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__a.sql", "CREATE TABLE a (id int);");
        await bed.RunAsync("up --release r0");

        Assert.Equal(
            (exitCode, exitCode == 0 ? message : "timed out after 1ms: " + message),
            await bed.EndAsync(command + " --timeout 1ms")
        );
    }

    [PostgresFact]
    public async Task A_failed_row_of_the_history_keeps_the_gate_shut()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__a.sql", "CREATE TABLE a (id int);");
        await bed.RunAsync("up");
        await bed.ExecuteAsync("UPDATE flyway_schema_history SET success = false");

        Assert.Equal(
            (124, "timed out after 1ms: version 1 (V1__a.sql) has failed, and stopped half way; look at the migration Job and its log"),
            await bed.EndAsync("wait --version 1 --timeout 1ms")
        );
    }

    [NativeFact]
    public async Task The_gate_ends_at_once_with_a_wrong_password_and_in_time_without_a_server()
    {
        using var bed = await CreateBedAsync();
        var wrong = new Dictionary<string, string> { ["DATABASE_URL"] = bed.Url.Replace("secret", "Wr0ng-pass", StringComparison.Ordinal) };
        var end = await NativeGate.RunAsync(["wait", "--release", "r1"], wrong, Repository.Migrate);
        Assert.Equal(3, end.ExitCode);
        Assert.Contains(
            "password authentication failed for user \"postgres\" (SQLSTATE 28P01); correct user and password",
            end.Log,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("Wr0ng-pass", end.Log, StringComparison.Ordinal);

        var gone = await NativeGate.RunAsync(
            ["wait", "--release", "r1", "--timeout", "1s"],
            new Dictionary<string, string> { ["DATABASE_URL"] = "postgres://a:b@127.0.0.1:1/x" },
            Repository.Migrate
        );
        Assert.Equal(124, gone.ExitCode);
        Assert.Contains("timed out after 1s: 127.0.0.1:1/x: ", gone.Log, StringComparison.Ordinal);
    }
}

public sealed class DeploymentLogTestsOnDebian() : DeploymentLogTests(PostgresPackage.Debian);

public sealed class DeploymentLogTestsOn18() : DeploymentLogTests(PostgresPackage.Npm);
