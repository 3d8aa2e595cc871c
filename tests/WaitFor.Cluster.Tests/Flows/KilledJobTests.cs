using System.Text.Json.Nodes;
using Npgsql;
using WaitFor.Testing;

namespace WaitFor.Cluster.Tests.Flows;

/// <summary>The process of a Job is killed in the middle of its migration, as by a lost node. The old release goes on without an error, the
/// gates end with 1, and a rerun gets to where an undisturbed run does.</summary>
public sealed class KilledJobTests
{
    private const int Sigkill = 9;

    /// <summary>The server ends the killed client's statement soon; without the setting it would come to its end in its own time, and the
    /// rerun would wait for it.</summary>
    private const string NoticeLostClients = "client_connection_check_interval = 100ms";

    private const string Backfill = "backfill-v42";
    private const string Switch = "db-migrate-v43";

    [FlowFact]
    public async Task A_backfill_that_is_killed_in_its_second_batch()
    {
        await using var shop = await ColumnRename.StartAsync(NoticeLostClients);
        var flow = shop.Flow;
        await DeployAsync(shop, "1-expand.yaml", "db-migrate-v42");
        await shop.ApplyAsync("2-backfill.yaml");
        await shop.ApplyAsync("3-switch.yaml");
        await shop.ApplyServiceAsync("v43");
        var pods = await flow.ServicePodsAsync(Switch, 3);
        var gates = await Flow.StartGatesAsync(pods, Switch);
        var last = await flow.JobPodAsync(Switch);
        var gate = await last.StartGateAsync();
        await gate.Process.LogsAsync($"job/{Backfill}: running");

        await using (var blocker = await BlockAsync(flow.Database, "BEGIN", "SELECT FROM shop.customers WHERE id = 1500 FOR UPDATE"))
            await KillAsync(shop, Backfill, "UPDATE customers%");

        Assert.Equal(
            ["1000"],
            await flow.QueryAsync($"SELECT count(*) FROM shop.customers WHERE id <= {ColumnRename.Rows} AND full_name IS NOT NULL")
        );
        // One failure after the other: the backfill, the Job that its gate held back, the service that the Job held back.
        Assert.True(await last.FinishAsync(gate) == 1, gate.Process.Log);
        Assert.Contains(Backfill, gate.Message, StringComparison.Ordinal);
        await EndWithOneAsync(pods, gates);
        Assert.Equal(["db-migrate-v42"], await flow.RecordsAsync());

        await AgainAsync(shop, Backfill, "2-backfill.yaml");
        await AgainAsync(shop, Switch, "3-switch.yaml");
        // The kubelet starts the init containers of the service's pods again.
        gates = await Flow.StartGatesAsync(pods, Switch);
        last = await flow.JobPodAsync(Switch);
        var second = await last.StartGateAsync();
        await second.Process.LogsAsync($"job/{Backfill}: running");
        await PlayAsync(shop, Backfill);
        Assert.True(await last.FinishAsync(second) == 0, second.Process.Log);
        var migrate = await last.StartMigrateAsync();
        Assert.True(await last.FinishAsync(migrate) == 0, migrate.Process.Log);
        await Flow.OpenAsync(pods, gates);

        await SameAsync(shop);
    }

    [FlowFact]
    public async Task A_migration_that_is_killed_while_it_builds_an_index()
    {
        await using var shop = await ColumnRename.StartAsync(NoticeLostClients);
        var flow = shop.Flow;
        await DeployAsync(shop, "1-expand.yaml", "db-migrate-v42");
        await DeployAsync(shop, "2-backfill.yaml", Backfill);
        await shop.ApplyAsync("3-switch.yaml");
        await shop.ApplyServiceAsync("v43");
        var pods = await flow.ServicePodsAsync(Switch, 3);
        var gates = await Flow.StartGatesAsync(pods, Switch);

        // The end of a concurrent build waits for all transactions with an older snapshot, whatever they read; other statements wait for
        // those on their table alone.
        await using (var blocker = await BlockAsync(flow.Database, "BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1"))
            await KillAsync(shop, Switch, "CREATE INDEX CONCURRENTLY%");

        Assert.Equal(
            ["False"],
            await flow.QueryAsync("SELECT indisvalid FROM pg_index WHERE indexrelid = 'shop.customers_full_name'::regclass")
        );
        await EndWithOneAsync(pods, gates);
        Assert.Equal([Backfill, "db-migrate-v42"], await flow.RecordsAsync());

        await AgainAsync(shop, Switch, "3-switch.yaml");
        gates = await Flow.StartGatesAsync(pods, Switch);
        await PlayAsync(shop, Switch);
        await Flow.OpenAsync(pods, gates);

        await SameAsync(shop);
    }

    /// <summary>Runs the statements, and keeps their transaction open.</summary>
    private static async Task<NpgsqlConnection> BlockAsync(string url, params string[] statements)
    {
        var connection = await PostgresServer.ConnectAsync(url);
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }

        return connection;
    }

    /// <summary>Starts the Job's migrator, kills it when a statement is seen to stand at a lock, and lets the Job fail of it.</summary>
    private static async Task KillAsync(ColumnRename shop, string job, string statement)
    {
        var pod = await shop.Flow.JobPodAsync(job);
        if (job == Switch)
            await OpenOwnGateAsync(pod);
        var migrate = await pod.StartMigrateAsync();
        await SeenAsync(
            shop,
            $"EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'shop_migrator' AND query LIKE '{statement}' AND wait_event_type "
                + "= 'Lock')",
            migrate
        );
        await shop.Old.GoesOnAsync();
        migrate.Process.Signal(Sigkill);
        Assert.Equal(128 + Sigkill, await pod.FinishAsync(migrate));
        await SeenAsync(shop, "NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'shop_migrator')");
        await shop.Flow.Cluster.ConditionAsync(job, "Failed");
        await shop.Old.GoesOnAsync();
    }

    private static async Task SeenAsync(ColumnRename shop, string condition, PlayedContainer? migrate = null) =>
        await Cluster.UntilAsync(condition, async () =>
        {
            Assert.True(migrate is null || migrate.Process.Running, migrate?.Process.Log);
            return await shop.Flow.QueryAsync($"SELECT {condition}") is ["True"] ? JsonValue.Create(true) : null;
        });

    private static async Task OpenOwnGateAsync(PlayedPod pod)
    {
        var gate = await pod.StartGateAsync();
        Assert.True(await pod.FinishAsync(gate) == 0, gate.Process.Log);
    }

    private static async Task EndWithOneAsync(IReadOnlyList<PlayedPod> pods, IReadOnlyList<PlayedContainer> gates)
    {
        foreach (var (gate, pod) in gates.Zip(pods))
        {
            Assert.True(await pod.FinishAsync(gate) == 1, gate.Process.Log);
            Assert.Contains(Switch, gate.Message, StringComparison.Ordinal);
        }
    }

    private static async Task DeployAsync(ColumnRename shop, string file, string job)
    {
        await shop.ApplyAsync(file);
        await PlayAsync(shop, job);
    }

    private static async Task PlayAsync(ColumnRename shop, string job)
    {
        var pod = await shop.Flow.JobPodAsync(job);
        if (job == Switch)
            await OpenOwnGateAsync(pod);
        var migrate = await pod.StartMigrateAsync();
        Assert.True(await pod.FinishAsync(migrate) == 0, migrate.Process.Log);
    }

    /// <summary>A failed Job is not run again: another takes its place.</summary>
    private static async Task AgainAsync(ColumnRename shop, string job, string file)
    {
        await shop.Flow.Cluster.DeleteJobAsync(job);
        await shop.Flow.Cluster.GoneAsync(job);
        await shop.ApplyAsync(file);
    }

    private static async Task SameAsync(ColumnRename shop)
    {
        await shop.Old.GoesOnAsync();
        await shop.Old.StopAsync();
        Assert.Equal([Backfill, "db-migrate-v42", Switch], await shop.Flow.RecordsAsync());
        var undisturbed = await shop.UndisturbedAsync("1-expand.yaml", "2-backfill.yaml", "3-switch.yaml");
        Assert.Equal(await ColumnRename.StateAsync(undisturbed), await ColumnRename.StateAsync(shop.Flow.Database));
    }
}
