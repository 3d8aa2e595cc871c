using System.Text.Json.Nodes;
using WaitFor.Cluster.Tests.Examples;

namespace WaitFor.Cluster.Tests.Flows;

/// <summary>The life of the chart: installed, upgraded, rolled back and uninstalled by Helm, with the real migrator on a
/// PostgreSQL.</summary>
public sealed class HelmTests
{
    [FlowFact]
    public async Task A_failed_migration_fails_the_upgrade_and_leaves_the_old_release_alone()
    {
        await using var flow = await Flow.StartAsync("plain");
        await flow.ApplySecretsAsync();
        var chart = new ShopChart(flow);

        var install = chart.StartAsync("install", "v42", "--wait");
        var (exitCode, log) = await chart.PlayHookAsync(install, "v42");
        Assert.True(exitCode == 0, log);
        await flow.ServeAsync(await flow.ServicePodsAsync(ShopChart.Job("v42"), 3));
        var installed = await install;
        Assert.True(installed.ExitCode == 0, installed.ToString());
        Assert.Contains("kubectl logs -n " + flow.Cluster.Namespace, installed.Output, StringComparison.Ordinal);

        var old = await chart.DeploymentAsync();
        flow.AddScript("/sql", "V3__broken.sql", "ALTER TABLE parcels ADD COLUMN weight int;\n");
        var upgrade = chart.StartAsync("upgrade", "v43");
        (exitCode, log) = await chart.PlayHookAsync(upgrade, "v43");
        Assert.True(exitCode == 1, log);
        var failed = await upgrade;
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("db-migrate-v43", failed.Errors, StringComparison.Ordinal);
        // Helm prints the log of the hook's pod.
        Assert.Contains("V3__broken.sql", failed.Errors, StringComparison.Ordinal);
        Assert.Equal(["deployed", "failed"], await chart.HistoryAsync());

        Assert.True(JsonNode.DeepEquals(old.At("spec"), (await chart.DeploymentAsync()).At("spec")));
        await flow.ServiceIsReadyAsync(3);
        Assert.Equal([ShopChart.Job("v42")], await flow.RecordsAsync());
        // A pod of the old release still starts.
        flow.Cluster.Kubectl("", "scale", "deployment/shop", "--replicas=4");
        await flow.ServeAsync(await flow.ServicePodsAsync(ShopChart.Job("v42"), 4));
        await flow.ServiceIsReadyAsync(4);
    }

    [FlowFact]
    public async Task A_rollback_opens_its_gate_by_the_record_and_uninstall_leaves_what_the_notes_say()
    {
        await using var flow = await Flow.StartAsync("plain");
        await flow.ApplySecretsAsync();
        var chart = new ShopChart(flow);
        await chart.MigrateAsync("install", "v42", "--set", "replicas=1");
        await flow.ServeAsync(await flow.ServicePodsAsync(ShopChart.Job("v42"), 1));
        flow.AddScript("/sql", "V3__total.sql", "ALTER TABLE orders ADD COLUMN total numeric;\n");
        await chart.MigrateAsync("upgrade", "v43", "--set", "replicas=1");
        await flow.ServeAsync(await flow.ServicePodsAsync(ShopChart.Job("v43"), 1));
        await flow.ServicePodsAsync(ShopChart.Job("v42"), 0);

        // What the TTL does after a day.
        await flow.Cluster.DeleteJobAsync(ShopChart.Job("v42"));
        await flow.Cluster.GoneAsync(ShopChart.Job("v42"));
        await chart.RunAsync("rollback", "shop", "1");
        await flow.ServeAsync(await flow.ServicePodsAsync(ShopChart.Job("v42"), 1));
        await flow.ServicePodsAsync(ShopChart.Job("v43"), 0);
        Assert.Equal([ShopChart.Job("v43")], await chart.JobsAsync());
        Assert.Equal(["superseded", "superseded", "deployed"], await chart.HistoryAsync());

        var notes = await chart.RunAsync("get", "notes", "shop");
        await chart.RunAsync("uninstall", "shop");
        await flow.ServicePodsAsync(ShopChart.Job("v42"), 0);
        Assert.Equal(
            [
                "ConfigMap shop-config-v42",
                "ConfigMap shop-config-v43",
                "Job db-migrate-v43",
                "Role db-migrations-record",
                "RoleBinding db-migrations-record",
                "ServiceAccount shop-migrator",
            ],
            await OfTheReleaseAsync(flow)
        );
        var command = notes.Split('\n').Single(line => line.Contains("kubectl delete ", StringComparison.Ordinal)).Trim();
        flow.Cluster.Kubectl("", command.Split(' ')[1..]);
        Assert.Empty(await OfTheReleaseAsync(flow));
        Assert.Equal([ShopChart.Job("v42"), ShopChart.Job("v43")], await flow.RecordsAsync());
    }

    /// <summary>All objects with the release's label, but for pods.</summary>
    private static async Task<IReadOnlyList<string>> OfTheReleaseAsync(Flow flow)
    {
        var found = new List<string>();
        foreach (
            var (kind, path) in new[]
            {
                ("ConfigMap", "/api/v1/{0}/configmaps"),
                ("Deployment", "/apis/apps/v1/{0}/deployments"),
                ("Job", "/apis/batch/v1/{0}/jobs"),
                ("Role", "/apis/rbac.authorization.k8s.io/v1/{0}/roles"),
                ("RoleBinding", "/apis/rbac.authorization.k8s.io/v1/{0}/rolebindings"),
                ("ServiceAccount", "/api/v1/{0}/serviceaccounts"),
            }
        )
        {
            var items = await flow.Cluster.Admin.GetAsync(
                path.Replace("{0}", $"namespaces/{flow.Cluster.Namespace}", StringComparison.Ordinal)
                    + "?labelSelector=app.kubernetes.io%2Finstance%3Dshop"
            );
            found.AddRange(items.At("items").Items().Select(item => $"{kind} {item.At("metadata", "name").Text()}"));
        }

        return found;
    }
}
