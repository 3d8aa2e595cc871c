using WaitFor.Testing;

namespace WaitFor.Migrate.Tests;

/// <summary>migrate exec while another run of it, or what a killed one left on the server, is still working. On the native
/// binary.</summary>
public abstract class ExecEarlierRunTests(PostgresPackage package) : ServerTests(package)
{
    [NativeFact]
    public async Task Two_at_once_run_one_after_the_other()
    {
        using var bed = await CreateBedAsync();
        await bed.ExecuteAsync("CREATE TABLE runs (at timestamptz)");
        const string sql =
            "DO $$BEGIN IF NOT pg_try_advisory_lock(99) THEN RAISE 'at the same time'; END IF; INSERT INTO runs VALUES (now()); PERFORM "
            + "pg_sleep(0.2); END$$";
        var ends = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => bed.NativeAsync("exec --release r1", "psql", bed.Url, "-v", "ON_ERROR_STOP=1", "-c", sql))
        );

        Assert.All(ends, end => Assert.True(end.ExitCode == 0, end.Log));
        Assert.Equal(["4"], await bed.QueryAsync("SELECT count(*) FROM runs"));
        Assert.Contains(ends, end => end.Log.Contains("waiting for the lock: backend", StringComparison.Ordinal));
    }

    [NativeFact]
    public async Task A_killed_runs_backend_that_is_still_at_work_is_waited_for()
    {
        using var bed = await CreateBedAsync();
        await using var holder = await bed.ConnectAsync();
        await using (var command = new Npgsql.NpgsqlCommand("SELECT pg_advisory_lock(7)", holder))
            await command.ExecuteNonQueryAsync();
        await using (var killed = bed.Start("exec --release r1", "psql", bed.Url, "-c", "SELECT pg_advisory_lock(7)"))
        {
            await bed.UntilAsync(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory')"
            );
            killed.Signal(9);
            // Its child goes on, and keeps its output open.
            await Poll.UntilAsync("its end", TimeSpan.FromSeconds(30), _ => Task.FromResult(!killed.Running), CancellationToken.None);
        }

        await using var next = bed.Start("exec --release r1", "true");
        await next.LogsAsync("of an earlier run, which is still running");
        Assert.True(next.Running);
        await holder.DisposeAsync();

        Assert.Equal(0, await next.ExitAsync());
        Assert.Equal(["interrupted", "succeeded"], await bed.QueryAsync("SELECT status FROM schema_deployment_log ORDER BY id"));
    }

    [NativeFact]
    public async Task A_killed_runs_tool_between_two_statements_is_waited_for_and_a_connection_that_stays_idle_is_not()
    {
        using var bed = await CreateBedAsync();
        await using var tool = await bed.ConnectAsync();
        await using var command = new Npgsql.NpgsqlCommand("SET application_name = 'migrate exec in public: r0'", tool);
        await command.ExecuteNonQueryAsync();
        await using var next = bed.Start("exec --release r1", "true");
        await Poll.UntilAsync(
            "that it waits",
            TimeSpan.FromSeconds(60),
            async cancel =>
            {
                await command.ExecuteNonQueryAsync(cancel);
                return next.Log.Contains($"waiting for backend {tool.ProcessID} of an earlier run", StringComparison.Ordinal);
            },
            CancellationToken.None
        );
        Assert.True(next.Running);

        // A pooler keeps one for long.
        Assert.True(await next.ExitAsync() == 0, next.Log);
        Assert.Equal(System.Data.ConnectionState.Open, tool.State);
    }
}

public sealed class ExecEarlierRunTestsOnDebian() : ExecEarlierRunTests(PostgresPackage.Debian);

public sealed class ExecEarlierRunTestsOn18() : ExecEarlierRunTests(PostgresPackage.Npm);
