namespace WaitFor.Cluster.Tests.Examples;

/// <summary>What kustomize, Flux and Argo CD make of their examples.</summary>
public sealed class ToolTests
{
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
        Assert.Equal("enabled", job.Annotation("kustomize.toolkit.fluxcd.io/force"));
        Assert.All(ExampleFiles.GateAccess(objects), item =>
            Assert.Equal("disabled", item.Annotation("kustomize.toolkit.fluxcd.io/prune"))
        );

        var flux = objects.Where(item => item.Kind == "Kustomization").ToDictionary(item => item.Name, item => item.Node.At("spec"));
        Assert.Equal("shop-database", flux["shop"].At("dependsOn")![0].At("name").Text());
        Assert.Equal("true", flux["shop"].At("wait").Text());
        Assert.Equal("StatefulSet", flux["shop-database"].At("healthChecks")![0].At("kind").Text());
        Assert.EndsWith("examples/flux-kustomize/app", flux["shop"].At("path").Text(), StringComparison.Ordinal);
        var minutes = int.Parse(flux["shop"].At("timeout").Text()!.TrimEnd('m'));
        Assert.True(minutes * 60 > (long)job.Node.At("spec", "activeDeadlineSeconds")!, "Flux gives up while the migration may still run");
    }

    [ExampleTheory]
    [InlineData("argo-cd")]
    [InlineData("argo-cd/presync")]
    public void Argo_CD_goes_from_preflight_to_smoke_in_waves(string stack)
    {
        var objects = ExampleFiles.Objects(stack).Where(item => item.Kind != "Application").ToList();
        var waves = objects.ToLookup(
            item => int.Parse(item.Annotation("argocd.argoproj.io/sync-wave") ?? "0"),
            item => $"{item.Kind} {item.Name}"
        );
        Assert.All(waves[-2], item => Assert.Matches("^(ConfigMap|ServiceAccount|Role|RoleBinding) ", item));
        Assert.Equal(["Job preflight-v42"], waves[-1]);
        Assert.Equal(["Job db-migrate-v42"], waves[0]);
        Assert.Equal(["Deployment shop", "Service shop"], waves[1].Order(StringComparer.Ordinal));
        Assert.Equal(["Job smoke-v42"], waves[2]);
        Assert.All(
            ExampleFiles.GateAccess(objects).Where(item => item.Name.EndsWith(ExampleFiles.Release, StringComparison.Ordinal)),
            item => Assert.Equal("Prune=false", item.Annotation("argocd.argoproj.io/sync-options"))
        );

        var hooks = objects
            .Where(item => item.Annotation("argocd.argoproj.io/hook") == "PreSync")
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
        Assert.All(objects.Where(item => item.Annotation("argocd.argoproj.io/hook") is not null), item =>
            Assert.Equal("BeforeHookCreation", item.Annotation("argocd.argoproj.io/hook-delete-policy"))
        );
    }

    /// <summary>The operator fills the very Secrets that <c>plain</c> has, each login from its own place.</summary>
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

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Order(StringComparer.Ordinal);
}
