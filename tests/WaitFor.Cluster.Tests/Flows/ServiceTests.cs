using WaitFor.Cluster.Tests.Examples;

namespace WaitFor.Cluster.Tests.Flows;

/// <summary>The flow of <c>plain</c> and of <c>flux-kustomize</c>: a release with its migration, from kubectl to the ready
/// service.</summary>
public sealed class ServiceTests
{
    private const string Job = "db-migrate-v42";

    [FlowTheory]
    [InlineData("plain")]
    [InlineData("flux-kustomize")]
    public async Task Three_gates_open_when_the_Job_is_complete_and_a_fourth_by_its_record(string example)
    {
        await using var flow = await ApplyAsync(example);
        var pods = await flow.ServicePodsAsync(Job, 3);
        var gates = await Flow.StartGatesAsync(pods, Job);

        var pod = await flow.JobPodAsync(Job);
        var migrate = await pod.StartMigrateAsync();
        Assert.True(await migrate.Process.ExitAsync() == 0, migrate.Process.Log);
        // All is done, and recorded; but a Job that exists speaks for itself, and to Kubernetes its pod still runs.
        Assert.Equal([Job], await flow.RecordsAsync());
        var late = await pods[0].StartGateAsync();
        await late.Process.LogsAsync($"job/{Job}: running");
        Assert.All(gates, gate => Assert.True(gate.Process.Running, gate.Process.Log));
        Assert.Equal(0, await pod.FinishAsync(migrate));

        await Flow.OpenAsync(pods, gates);
        await flow.ServiceIsReadyAsync(3);
        Assert.Equal(
            ["1|V1__orders.sql|True", "2|V2__index_orders.sql|True"],
            await flow.QueryAsync("SELECT version, script, success FROM shop.flyway_schema_history ORDER BY installed_rank")
        );
        Assert.Equal(
            ["v42|2|succeeded"],
            await flow.QueryAsync("SELECT app_version, migration_version, status FROM shop.schema_deployment_log")
        );

        // What the TTL does after a day.
        await flow.Cluster.DeleteJobAsync(Job);
        await flow.Cluster.GoneAsync(Job);
        flow.Cluster.Kubectl("", "scale", "deployment/shop", "--replicas=4");
        var fourth = Assert.Single(await flow.ServicePodsAsync(Job, 4), added => pods.All(first => first.Name != added.Name));
        var recorded = await fourth.StartGateAsync();
        await Flow.OpenAsync([fourth], [recorded]);
        Assert.Contains("not found, recorded as complete", recorded.Process.Log, StringComparison.Ordinal);
        await flow.ServiceIsReadyAsync(4);
    }

    [FlowTheory]
    [InlineData("plain")]
    [InlineData("flux-kustomize")]
    public async Task All_gates_name_the_script_that_failed(string example)
    {
        await using var flow = await ApplyAsync(example);
        flow.AddScript(
            "/sql",
            "V3__broken.sql",
            "ALTER TABLE orders ADD COLUMN total numeric;\nALTER TABLE parcels ADD COLUMN weight int;\n"
        );
        var pods = await flow.ServicePodsAsync(Job, 3);
        var gates = await Flow.StartGatesAsync(pods, Job);

        var (exitCode, log) = await flow.PlayJobAsync(Job);

        Assert.True(exitCode == 1, log);
        await flow.Cluster.ConditionAsync(Job, "Failed");
        foreach (var (gate, pod) in gates.Zip(pods))
        {
            Assert.True(await pod.FinishAsync(gate) == 1, gate.Process.Log);
            // The log of migrate, which the report ends with, has it as well: this is the gate's own headline.
            Assert.Contains("V3__broken.sql", Golden.ReportOf(gate.Process.Log).Split('\n')[0], StringComparison.Ordinal);
            Assert.Contains("relation \"parcels\" does not exist", gate.Message, StringComparison.Ordinal);
            Assert.Contains("V3__broken.sql", gate.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("not read:", gate.Process.Log, StringComparison.Ordinal);
        }

        await flow.ServiceIsReadyAsync(0);
        // The scripts before it stay, and of its own nothing does; nothing opens a gate later.
        Assert.Empty(await flow.RecordsAsync());
        Assert.Equal(["2"], await flow.QueryAsync("SELECT max(version) FROM shop.flyway_schema_history WHERE success"));
        Assert.Equal(
            ["0"],
            await flow.QueryAsync("SELECT count(*) FROM pg_attribute WHERE attrelid = 'shop.orders'::regclass AND attname = 'total'")
        );
    }

    [FlowFact]
    public async Task A_new_release_of_flux_kustomize_is_one_value()
    {
        const string next = "db-migrate-v43";
        await using var flow = await ApplyAsync("flux-kustomize");
        Assert.Equal(0, (await flow.PlayJobAsync(Job)).ExitCode);
        var old = await flow.ServicePodsAsync(Job, 3);
        await Flow.OpenAsync(old, await Task.WhenAll(old.Select(pod => pod.StartGateAsync())));
        await flow.ServiceIsReadyAsync(3);

        flow.AddScript("/sql", "V3__total.sql", "ALTER TABLE orders ADD COLUMN total numeric;\n");
        await flow.ApplyTextAsync(Released("v43"));
        // The rolling update brings one pod, and takes none away until that is ready.
        var pods = await flow.ServicePodsAsync(next, 1);
        var gates = await Flow.StartGatesAsync(pods, next);
        await flow.ServiceIsReadyAsync(3);
        var (exitCode, log) = await flow.PlayJobAsync(next);
        Assert.True(exitCode == 0, log);
        await Flow.OpenAsync(pods, gates);

        Assert.Equal([Job, next], await flow.RecordsAsync());
        Assert.Equal(
            ["v42|2", "v43|3"],
            await flow.QueryAsync(
                "SELECT app_version, migration_version FROM shop.schema_deployment_log WHERE status = 'succeeded' ORDER BY id"
            )
        );
        // What the rollout takes away, it replaces by pods of the new release.
        await flow.ServicePodsAsync(next, 2);
    }

    /// <summary>The app folder with another release in its one ConfigMap, as kustomize builds it.</summary>
    private static string Released(string release)
    {
        var copy = Directory.CreateTempSubdirectory("wait-for-flow-");
        try
        {
            foreach (var file in Directory.EnumerateFiles(ExampleFiles.In("flux-kustomize/app")))
            {
                var text = File.ReadAllText(file);
                var isVariables = Path.GetFileName(file) == "deployment-variables.yaml";
                File.WriteAllText(
                    Path.Combine(copy.FullName, Path.GetFileName(file)),
                    isVariables ? text.Replace($"release: {ExampleFiles.Release}", $"release: {release}", StringComparison.Ordinal) : text
                );
            }

            return Tool.RunKubectl(["kustomize", copy.FullName]);
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    /// <summary>flux-kustomize has the image and the roles of plain, and its Secrets come from elsewhere: here from there too.</summary>
    private static async Task<Flow> ApplyAsync(string example)
    {
        var flow = await Flow.StartAsync("plain");
        if (example == "plain")
        {
            await flow.ApplyAsync([.. ExampleFiles.Stacks["plain"].Select(unit => unit.Path)]);
            return flow;
        }

        await flow.ApplySecretsAsync();
        await flow.ApplyTextAsync(ExampleFiles.Text("flux-kustomize/app", Form.Kustomize));
        return flow;
    }
}
