using System.Text.Json.Nodes;

namespace WaitFor.Cluster.Tests.Examples;

/// <summary>What Helm makes of its example, and which values it refuses.</summary>
public sealed class ChartTests
{
    private const string Digest = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private static readonly string Chart = ExampleFiles.In("helm/shop");

    [ExampleFact]
    public void The_chart_runs_the_Job_as_a_hook_after_what_it_needs()
    {
        var objects = ExampleFiles.Objects("helm");
        var hooks = objects.Where(item => item.Annotation("helm.sh/hook") is not null).ToList();
        Assert.All(hooks, item =>
        {
            Assert.Equal("pre-install,pre-upgrade", item.Annotation("helm.sh/hook"));
            Assert.Equal("before-hook-creation", item.Annotation("helm.sh/hook-delete-policy"));
            Assert.Equal(item.Kind == "Job" ? "-5" : "-10", item.Annotation("helm.sh/hook-weight"));
        });
        Assert.Equal(
            ["ConfigMap", "Job", "Role", "RoleBinding", "ServiceAccount"],
            hooks.Select(item => item.Kind).Order(StringComparer.Ordinal)
        );
        Assert.Equal("hook-failed", hooks.Single(item => item.Kind == "Job").Annotation("helm.sh/hook-output-log-policy"));
        // Helm cannot roll back to a release whose objects it has kept.
        Assert.All(objects, item => Assert.Null(item.Annotation("helm.sh/resource-policy")));
    }

    /// <summary>By its own pod's label a gate knows that Helm made it; by the release's label all that "helm uninstall" leaves can be
    /// deleted.</summary>
    [ExampleFact]
    public void Objects_and_pods_carry_the_labels_of_Helm()
    {
        foreach (var item in ExampleFiles.Objects("helm"))
        {
            JsonNode?[] places = item.Pod is null
                ? [item.Node.At("metadata", "labels")]
                : [item.Node.At("metadata", "labels"), item.Node.At("spec", "template", "metadata", "labels")];
            Assert.All(places, labels =>
            {
                Assert.Equal("Helm", labels.At("app.kubernetes.io/managed-by").Text());
                Assert.Equal("shop", labels.At("app.kubernetes.io/instance").Text());
                Assert.Equal("v42", labels.At("app.kubernetes.io/version").Text());
            });
        }
    }

    [ExampleFact]
    public void One_value_carries_the_release_through_the_chart()
    {
        var next = Tool.Render(Chart, "--set", "release=v43");
        Assert.Equal(ExampleFiles.Text("helm/shop", Form.Chart).Replace("v42", "v43", StringComparison.Ordinal), next);
        Assert.DoesNotContain("v42", next, StringComparison.Ordinal);
    }

    [ExampleFact]
    public void Helm_lint_finds_nothing() => Assert.Contains("0 chart(s) failed", Tool.Run(Tool.Helm, ["lint", "--strict", Chart]));

    /// <summary>The service's images get the release as their tag where they have neither a tag nor a digest.</summary>
    [ExampleTheory]
    [InlineData("registry.example/a", "registry.example/a:v42")]
    [InlineData("registry.example:5000/team/a", "registry.example:5000/team/a:v42")]
    [InlineData("a", "a:v42")]
    [InlineData("registry.example/a:v7-rc.1", "registry.example/a:v7-rc.1")]
    [InlineData("registry.example/a:0.1.0", "registry.example/a:0.1.0")]
    [InlineData("registry.example/a:latest", "registry.example/a:latest")]
    [InlineData("localhost:5000/a:1", "localhost:5000/a:1")]
    [InlineData("registry.example/a" + Digest, "registry.example/a" + Digest)]
    [InlineData("registry.example:5000/a:0.1.0" + Digest, "registry.example:5000/a:0.1.0" + Digest)]
    public async Task Images_are_given_with_a_tag_or_a_digest(string image, string expected)
    {
        var rendered = Yaml.Read(Tool.Render(Chart, "--set", $"images.shop={image},images.migrate={image}"));
        Assert.Equal(expected, ImageOf(rendered, "Deployment", "containers"));
        Assert.Equal(expected, ImageOf(rendered, "Job", "containers"));

        // The gate has releases of its own.
        if (image == expected)
            Assert.Equal(image, ImageOf(Yaml.Read(Tool.Render(Chart, "--set", $"images.waitFor={image}")), "Deployment", "initContainers"));
        else
            await IsRefusedAsync(
                $"images.waitFor is \"{image}\", without a tag and a digest: write {image}:TAG or {image}@sha256:DIGEST",
                "--set",
                $"images.waitFor={image}"
            );
    }

    [ExampleTheory]
    [InlineData("")]
    [InlineData("registry.example/a:")]
    [InlineData("registry.example/a:b:c")]
    [InlineData("registry.example/a b")]
    [InlineData("registry.example/A")]
    [InlineData("registry.example/a@sha256:0123")]
    [InlineData("registry.example/a@0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("https://registry.example/a:1")]
    public async Task An_image_that_no_registry_has_is_refused(string image)
    {
        foreach (var name in new[] { "shop", "migrate", "waitFor" })
            await IsRefusedAsync($"at '/images/{name}': '{image}' does not match pattern", "--set-string", $"images.{name}={image}");
    }

    [ExampleTheory]
    [InlineData("release=latest", "at '/release': 'latest' does not match pattern")]
    [InlineData("release=", "at '/release': '' does not match pattern")]
    [InlineData("release=V42", "at '/release': 'V42' does not match pattern")]
    [InlineData("release=42", "at '/release': got number, want string")]
    [InlineData("release=v42-of-a-name-that-is-too-long-for-a-Job", "at '/release'")]
    [InlineData("replicas=none", "at '/replicas': got string, want integer")]
    [InlineData("migration.ttlSecondsAfterFinished=60", "at '/migration/ttlSecondsAfterFinished': minimum: got 60, want 3,600")]
    [InlineData("migration.recrod=db-migrations", "at '/migration': additional properties 'recrod' not allowed")]
    [InlineData("database.sslMode=on", "at '/database/sslMode': value must be one of 'disable'")]
    public Task A_wrong_value_is_refused(string value, string message) => IsRefusedAsync(message, "--set", value);

    /// <summary>What YAML and Go would write in another way than Kubernetes reads it.</summary>
    [ExampleFact]
    public void Values_reach_the_manifests_as_they_are()
    {
        const string Values = """
            release: "1.20"
            migration: {activeDeadlineSeconds: 7200, ttlSecondsAfterFinished: 2592000}
            database: {name: "007"}
            images: {pullSecrets: [registry-login]}
            gate: {report: false}
            """;
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, Values);
            var rendered = Yaml.Read(Tool.Render(Chart, "--values", file));
            var job = Only(rendered, "Job").At("spec");
            Assert.Equal(2_592_000, (long?)job.At("ttlSecondsAfterFinished"));
            Assert.Contains("1.20", job.At("template", "spec", "containers")![0].At("args").Items().Select(word => (string?)word));
            Assert.Equal("007", (string?)Only(rendered, "ConfigMap").At("data", "PGDATABASE"));
            var deployment = Only(rendered, "Deployment").At("spec");
            Assert.Equal(7800, (long?)deployment.At("progressDeadlineSeconds"));
            Assert.Equal("registry-login", deployment.At("template", "spec", "imagePullSecrets")![0].At("name").Text());
            Assert.Equal("registry-login", job.At("template", "spec", "imagePullSecrets")![0].At("name").Text());
            var role = rendered.Single(item => item.At("metadata", "name").Text() == "wait-for-db-migrate" && Kind(item) == "Role");
            Assert.Equal(
                ["list jobs.batch/*", "watch jobs.batch/*", "list configmaps./db-migrations", "watch configmaps./db-migrations"],
                StackRules.Rights(new ExampleObject("", role))
            );
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task IsRefusedAsync(string message, params string[] arguments)
    {
        var ended = await Tool.RunAsync(Tool.Helm, ["template", "shop", Chart, .. arguments]);
        Assert.NotEqual(0, ended.ExitCode);
        Assert.Contains(message, ended.Errors, StringComparison.Ordinal);
        Assert.Equal("", ended.Output);
    }

    private static string? Kind(JsonObject item) => item.At("kind").Text();

    private static JsonObject Only(IReadOnlyList<JsonObject> objects, string kind) => objects.Single(item => Kind(item) == kind);

    private static string? ImageOf(IReadOnlyList<JsonObject> objects, string kind, string containers) =>
        Only(objects, kind).At("spec", "template", "spec", containers)![0].At("image").Text();
}
