using Npgsql;

namespace WaitFor.Cluster.Tests.Flows;

/// <summary>The flow of <c>expand-contract</c>: each deploy is played while the releases are at work that it must not disturb.</summary>
public sealed class ExpandContractTests
{
    [FlowFact]
    public async Task Both_releases_work_through_the_deploys_in_which_they_must()
    {
        await using var shop = await ColumnRename.StartAsync();
        var flow = shop.Flow;

        await shop.ApplyAsync("1-expand.yaml");
        await shop.ApplyServiceAsync("v42");
        await DeployAsync(shop, "db-migrate-v42", pods: 3);
        // A canary of v43, say.
        await using var renewed = await Traffic.StartAsync(shop.Service, ColumnRename.NewQueries);
        await BothAsync(shop, renewed);

        // The switch may be applied at once: its own gate holds it back until the backfill is complete.
        await shop.ApplyAsync("2-backfill.yaml");
        await shop.ApplyAsync("3-switch.yaml");
        await shop.ApplyServiceAsync("v43");
        var job = await flow.JobPodAsync("db-migrate-v43");
        var gate = await job.StartGateAsync();
        await gate.Process.LogsAsync("job/backfill-v42: running");
        Assert.Equal(
            [$"{ColumnRename.Rows}"],
            await flow.QueryAsync($"SELECT count(*) FROM shop.customers WHERE full_name IS NULL AND id <= {ColumnRename.Rows}")
        );
        var (backfilled, log) = await flow.PlayJobAsync("backfill-v42");
        Assert.True(backfilled == 0, log);
        Assert.True(await job.FinishAsync(gate) == 0, gate.Process.Log);
        await BothAsync(shop, renewed);

        await DeployAsync(shop, "db-migrate-v43", pods: 1, job);
        await BothAsync(shop, renewed);

        // "Once no pod of v42 is left".
        await shop.Old.StopAsync();
        await shop.ApplyAsync("4-contract.yaml");
        await shop.ApplyServiceAsync("v44");
        await DeployAsync(shop, "db-migrate-v44", pods: 1);
        await renewed.GoesOnAsync();
        await renewed.StopAsync();

        // "From here there is no way back to v42", and the queries of a release would have told.
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => Traffic.OnceAsync(shop.Service, ColumnRename.OldQueries));
        Assert.Equal(PostgresErrorCodes.UndefinedColumn, refusal.SqlState);
        Assert.Equal(["backfill-v42", "db-migrate-v42", "db-migrate-v43", "db-migrate-v44"], await flow.RecordsAsync());
        Assert.Equal(
            ["v41|1", "v42|3", "v43|7", "v44|8"],
            await flow.QueryAsync(
                "SELECT app_version, migration_version FROM shop.schema_deployment_log WHERE status = 'succeeded' AND app_version IS NOT "
                    + "NULL ORDER BY id"
            )
        );
        Assert.Equal(
            [$"{ColumnRename.Rows}"],
            await flow.QueryAsync($"SELECT count(*) FROM shop.customers WHERE id <= {ColumnRename.Rows} AND full_name = 'customer ' || id")
        );
    }

    /// <summary>The gates of the service's pods wait, the Job is played, the gates open. A rolling update brings one pod more than there
    /// were.</summary>
    private static async Task DeployAsync(ColumnRename shop, string job, int pods, PlayedPod? pod = null)
    {
        var waiting = await shop.Flow.ServicePodsAsync(job, pods);
        var gates = await Flow.StartGatesAsync(waiting, job);
        pod ??= await shop.Flow.JobPodAsync(job);
        var migrate = await pod.StartMigrateAsync();
        Assert.True(await pod.FinishAsync(migrate) == 0, migrate.Process.Log);
        await Flow.OpenAsync(waiting, gates);
    }

    private static async Task BothAsync(ColumnRename shop, Traffic renewed)
    {
        await shop.Old.GoesOnAsync();
        await renewed.GoesOnAsync();
    }
}
