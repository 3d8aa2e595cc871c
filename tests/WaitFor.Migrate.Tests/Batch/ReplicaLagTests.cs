using WaitFor.Testing;

namespace WaitFor.Migrate.Tests.Batch;

/// <summary>A replica that is behind, a real one, lets batches wait.</summary>
public sealed class ReplicaLagTests
{
    private const string Changed = "SELECT count(*) FROM t WHERE n = 1";

    [PostgresFact]
    public async Task Batches_wait_until_the_replica_has_caught_up()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var replica = await server.StartReplicaAsync();
        var standby = replica.Url("postgres");
        await PostgresServer.ExecuteAsync(standby, "ALTER SYSTEM SET wal_receiver_status_interval = '1s'");
        await PostgresServer.ExecuteAsync(standby, "SELECT pg_reload_conf()");
        using var bed = await BedAsync(server, rows: 5000, pause: "200ms");
        await PostgresServer.ExecuteAsync(standby, "SELECT pg_wal_replay_pause()");
        var log = new LogLines();

        var run = bed.RunAsync("up --baseline-on-migrate --baseline-version 0", log);
        await log.ContainsAsync("behind (max-lag=1s); batches wait");
        var before = await bed.QueryAsync(Changed);
        // That is some seconds.
        await bed.UntilAsync("SELECT max(replay_lag) > interval '4 s' FROM pg_stat_replication");
        Assert.Equal(before, await bed.QueryAsync(Changed));
        Assert.False(run.IsCompleted);
        await bed.ExecuteAsync("UPDATE migrate_journal SET script = script");
        await PostgresServer.ExecuteAsync(standby, "SELECT pg_wal_replay_resume()");
        await log.ContainsAsync("has caught up; batches continue");
        await run;

        Assert.Equal(["5000"], await bed.QueryAsync(Changed));
    }

    [PostgresFact]
    public async Task A_role_that_cannot_see_the_lag_is_told_so_once_and_goes_on()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var replica = await server.StartReplicaAsync();
        using var bed = await BedAsync(server, rows: 500, pause: "0s");
        await bed.ExecuteAsync(
            "CREATE ROLE low LOGIN PASSWORD 'low'",
            "GRANT CREATE, USAGE ON SCHEMA public TO low",
            "ALTER TABLE t OWNER TO low"
        );
        await PostgresServer.ExecuteAsync(replica.Url("postgres"), "SELECT pg_wal_replay_pause()");

        var log = await bed.RunAsync(
            "up --baseline-on-migrate --baseline-version 0 --url "
                + $"{bed.Url.Replace("postgres:secret@", "low:low@", StringComparison.Ordinal)}"
        );

        Assert.Equal(
            [
                "warning: V1__fill.sql: the lag of replicas is not visible to low, so max-lag has no effect\n  next step: run GRANT "
                    + "pg_read_all_stats TO low, or write max-lag=0",
            ],
            log.Where(line => line.StartsWith("warning", StringComparison.Ordinal))
        );
        Assert.Equal(["500"], await bed.QueryAsync(Changed));
    }

    private static async Task<Bed> BedAsync(PostgresServer server, int rows, string pause)
    {
        var bed = await Bed.CreateOnAsync(server);
        await bed.ExecuteAsync(
            "CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL DEFAULT 0)",
            $"INSERT INTO t SELECT generate_series(1, {rows})"
        );
        bed.Write(
            "V1__fill.sql",
            $"-- migrate: batch table=t key=id size=50 min=50 max=50 pause={pause} max-lag=1s\nUPDATE t SET n = n + 1 WHERE ${{batch}};\n"
        );
        return bed;
    }
}
