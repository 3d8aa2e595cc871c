using NJsonSchema;
using Xunit.Abstractions;

namespace WaitFor.Cluster.Tests.Examples;

/// <summary>What kustomize, Flux, Helm and Argo CD make of their examples.</summary>
public sealed class ToolTests(ITestOutputHelper output)
{
    private const string ChartFolder = "helm/shop";

    [ExampleFact]
    public void One_value_carries_the_release_through_the_kustomization()
    {
        var folder = Directory.CreateTempSubdirectory("wait-for-example-").FullName;
        try
        {
            foreach (var file in Directory.EnumerateFiles(ExampleFiles.In("flux-kustomize/app")))
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            var variables = Path.Combine(folder, "deployment-variables.yaml");
            File.WriteAllText(variables, File.ReadAllText(variables).Replace("release: v42", "release: v43", StringComparison.Ordinal));
            var now = ExampleFiles.Text("flux-kustomize/app", Form.Kustomize);
            var next = Tool.RunKubectl(["kustomize", folder]);
            // Names decide the order of what is printed.
            Assert.Equal(Lines(now.Replace("v42", "v43", StringComparison.Ordinal)), Lines(next));
            Assert.DoesNotContain("RELEASE", next, StringComparison.Ordinal);
            Assert.Equal(9, now.Split("v42").Length - 1);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [ExampleFact]
    public void Flux_replaces_the_Job_keeps_old_Roles_and_outwaits_the_migration()
    {
        var objects = ExampleFiles.Objects("flux-kustomize");
        var job = objects.Single(item => item.Kind == "Job");
        Assert.Equal("enabled", Annotation(job, "kustomize.toolkit.fluxcd.io/force"));
        Assert.All(Gates(objects), item => Assert.Equal("disabled", Annotation(item, "kustomize.toolkit.fluxcd.io/prune")));

        var flux = objects.Where(item => item.Kind == "Kustomization").ToDictionary(item => item.Name, item => item.Node.At("spec"));
        Assert.Equal("shop-database", flux["shop"].At("dependsOn")![0].At("name").Text());
        Assert.Equal("true", flux["shop"].At("wait").Text());
        Assert.Equal("StatefulSet", flux["shop-database"].At("healthChecks")![0].At("kind").Text());
        Assert.EndsWith("examples/flux-kustomize/app", flux["shop"].At("path").Text(), StringComparison.Ordinal);
        var minutes = int.Parse(flux["shop"].At("timeout").Text()!.TrimEnd('m'));
        Assert.True(minutes * 60 > (long)job.Node.At("spec", "activeDeadlineSeconds")!, "Flux gives up while the migration may still run");
    }

    [ExampleFact]
    public void The_chart_runs_the_Job_as_a_hook_after_what_it_needs()
    {
        output.WriteLine($"rendered by {Chart.Renderer}");
        var objects = ExampleFiles.Objects("helm");
        var hooks = objects.Where(item => Annotation(item, "helm.sh/hook") is not null).ToList();
        Assert.All(hooks, item =>
        {
            Assert.Equal("pre-install,pre-upgrade", Annotation(item, "helm.sh/hook"));
            Assert.Equal("before-hook-creation", Annotation(item, "helm.sh/hook-delete-policy"));
            Assert.Equal(item.Kind == "Job" ? "-5" : "-10", Annotation(item, "helm.sh/hook-weight"));
        });
        Assert.Equal(
            ["ConfigMap", "Job", "Role", "RoleBinding", "ServiceAccount"],
            hooks.Select(item => item.Kind).Order(StringComparer.Ordinal)
        );
        Assert.All(Gates(objects), item => Assert.Equal("keep", Annotation(item, "helm.sh/resource-policy")));
    }

    [ExampleFact]
    public void One_value_carries_the_release_through_the_chart()
    {
        var values = File.ReadAllText(ExampleFiles.In(ChartFolder + "/values.yaml"));
        var next = Chart.Render(ExampleFiles.In(ChartFolder), values.Replace("release: v42", "release: v43", StringComparison.Ordinal));
        Assert.Equal(Lines(ExampleFiles.Text(ChartFolder, Form.Chart).Replace("v42", "v43", StringComparison.Ordinal)), Lines(next));
        Assert.DoesNotContain("v42", next, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", true)]
    [InlineData("release: v42", "release: latest", false)]
    [InlineData("release: v42", "", false)]
    [InlineData("replicas: 3", "replicas: none", false)]
    [InlineData("wait-for:0.1.0", "wait-for:latest", false)]
    [InlineData("ttlSecondsAfterFinished: 86400", "ttlSecondsAfterFinished: 60", false)]
    [InlineData("  record: db-migrations", "  recrod: db-migrations", false)]
    public async Task The_charts_schema_takes_its_values_and_refuses_wrong_ones(string old, string replacement, bool good)
    {
        var schema = await JsonSchema.FromJsonAsync(await File.ReadAllTextAsync(ExampleFiles.In(ChartFolder + "/values.schema.json")));
        var values = await File.ReadAllTextAsync(ExampleFiles.In(ChartFolder + "/values.yaml"));
        Assert.Contains(old, values, StringComparison.Ordinal);
        var changed = old.Length == 0 ? values : values.Replace(old, replacement, StringComparison.Ordinal);
        Assert.Equal(good, schema.Validate(Yaml.Read(changed)[0].ToJsonString()).Count == 0);
    }

    /// <summary>Where helm is installed it renders; then the small renderer must not be of another opinion.</summary>
    [Fact]
    public void The_small_renderer_knows_all_that_the_chart_uses()
    {
        output.WriteLine($"the tests of the chart use {Chart.Renderer}");
        var small = Chart.RenderSmall(ExampleFiles.In(ChartFolder), File.ReadAllText(ExampleFiles.In(ChartFolder + "/values.yaml")));
        Assert.DoesNotContain("{{", small, StringComparison.Ordinal);
        if (Chart.Helm is not null)
            Assert.Equal(Names(Yaml.Read(ExampleFiles.Text(ChartFolder, Form.Chart))), Names(Yaml.Read(small)));

        static IEnumerable<string> Names(IEnumerable<System.Text.Json.Nodes.JsonObject> objects) =>
            objects.Select(node => $"{node.At("kind").Text()} {node.At("metadata", "name").Text()}").Order(StringComparer.Ordinal);
    }

    [ExampleTheory]
    [InlineData("argo-cd")]
    [InlineData("argo-cd/presync")]
    public void Argo_CD_goes_from_preflight_to_smoke_in_waves(string stack)
    {
        var objects = ExampleFiles.Objects(stack).Where(item => item.Kind != "Application").ToList();
        var waves = objects.ToLookup(
            item => int.Parse(Annotation(item, "argocd.argoproj.io/sync-wave") ?? "0"),
            item => $"{item.Kind} {item.Name}"
        );
        Assert.All(waves[-2], item => Assert.Matches("^(ConfigMap|ServiceAccount|Role|RoleBinding) ", item));
        Assert.Equal(["Job preflight-v42"], waves[-1]);
        Assert.Equal(["Job db-migrate-v42"], waves[0]);
        Assert.Equal(["Deployment shop", "Service shop"], waves[1].Order(StringComparer.Ordinal));
        Assert.Equal(["Job smoke-v42"], waves[2]);
        Assert.All(Gates(objects).Where(item => item.Name.EndsWith(ExampleFiles.Release, StringComparison.Ordinal)), item =>
            Assert.Equal("Prune=false", Annotation(item, "argocd.argoproj.io/sync-options"))
        );

        var hooks = objects
            .Where(item => Annotation(item, "argocd.argoproj.io/hook") == "PreSync")
            .Select(item => $"{item.Kind} {item.Name}")
            .Order(StringComparer.Ordinal);
        Assert.Equal(
            stack == "argo-cd"
                ? []
                :
                [
                    "ConfigMap shop-config-v42",
                    "Job db-migrate-v42",
                    "Job preflight-v42",
                    "Role db-migrations-record",
                    "RoleBinding db-migrations-record",
                    "ServiceAccount shop-migrator",
                ],
            hooks
        );
        Assert.All(objects.Where(item => Annotation(item, "argocd.argoproj.io/hook") is not null), item =>
            Assert.Equal("BeforeHookCreation", Annotation(item, "argocd.argoproj.io/hook-delete-policy"))
        );
    }

    /// <summary>The operator fills the very Secrets that <c>plain</c> has, each login from a place of its own.</summary>
    [ExampleFact]
    public void External_secrets_become_the_Secrets_of_plain()
    {
        var external = ExampleFiles
            .Objects("external-secrets/envfrom")
            .Where(item => item.Kind == "ExternalSecret")
            .ToDictionary(item => item.Name, item => item.Node.At("spec"));
        var secrets = ExampleFiles
            .Objects("plain")
            .Where(item => item.Kind == "Secret")
            .ToDictionary(item => item.Name, item => item.Node.At("stringData").Entries().Select(entry => entry.Key));
        Assert.Equal(secrets.Keys.Order(StringComparer.Ordinal), external.Keys.Order(StringComparer.Ordinal));
        Assert.All(external, entry =>
        {
            Assert.Equal(entry.Key, entry.Value.At("target", "name").Text());
            Assert.Equal(secrets[entry.Key], entry.Value.At("data").Items().Select(item => item.At("secretKey").Text()));
        });
        var places = external.Values.Select(spec =>
            spec.At("data").Items().Select(item => item.At("remoteRef", "key").Text()).Distinct(StringComparer.Ordinal).Single()
        );
        Assert.Equal(external.Count, places.Distinct(StringComparer.Ordinal).Count());
    }

    /// <summary>The Roles for gates, and their bindings.</summary>
    private static List<ExampleObject> Gates(IReadOnlyList<ExampleObject> objects)
    {
        var gates = objects
            .Where(item => item.Kind is "Role" or "RoleBinding" && item.Name.StartsWith("wait-for-", StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(gates);
        return gates;
    }

    private static string? Annotation(ExampleObject item, string name) => item.Node.At("metadata", "annotations", name).Text();

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Order(StringComparer.Ordinal);
}
