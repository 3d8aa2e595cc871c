using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using WaitFor.Cluster.Tests.Examples;
using WaitFor.Testing;

namespace WaitFor.Cluster.Tests.Flows;

/// <summary>An example as it is applied, on the shared control plane and on its own PostgreSQL. The controllers are real, and the test
/// is the kubelet.
/// Of the manifests nothing but the namespace is changed: "shop" is one for each test.</summary>
internal sealed partial class Flow : IAsyncDisposable
{
    private readonly PostgresServer? _postgres;
    private readonly ConcurrentBag<NativeGate> _processes = [];

    private Flow(Cluster cluster, PostgresServer? postgres, string image)
    {
        (Cluster, _postgres) = (cluster, postgres);
        Image = CopyPattern()
            .Matches(File.ReadAllText(ExampleFiles.In($"{image}/Dockerfile")))
            .ToDictionary(
                copy => copy.Groups["to"].Value,
                copy => ExampleFiles.In($"{image}/{copy.Groups["from"].Value}"),
                StringComparer.Ordinal
            );
    }

    public Cluster Cluster { get; }

    /// <summary>Folders of the migrator's image, as the Dockerfile of the example fills them, and where they are here.</summary>
    public Dictionary<string, string> Image { get; }

    public int PostgresPort => Postgres.Port;

    /// <summary>The database that the example's configuration names, as the superuser.</summary>
    public string Database => Postgres.Url("shop");

    private PostgresServer Postgres => _postgres ?? throw new InvalidOperationException("this flow has no database");

    private string Root => $"/api/v1/namespaces/{Cluster.Namespace}";

    /// <summary>Makes a namespace and the database, and runs roles.sql, as the README of the example says.</summary>
    /// <param name="example">The example whose image and whose roles.sql are taken.</param>
    /// <param name="settings">Settings of PostgreSQL.</param>
    public static async Task<Flow> StartAsync(string example, params string[] settings)
    {
        var cluster = await Cluster.CreateAsync();
        var flow = new Flow(cluster, await PostgresServer.StartAsync(settings), example);
        await PostgresServer.ExecuteAsync(flow.Postgres.Url("postgres"), "CREATE DATABASE shop");
        await PostgresServer.ExecuteAsync(flow.Database, await File.ReadAllTextAsync(ExampleFiles.In($"{example}/roles.sql")));
        return flow;
    }

    /// <summary>Makes a namespace alone: no container that needs the database can be played.</summary>
    public static async Task<Flow> StartWithoutDatabaseAsync(string example) => new(await Cluster.CreateAsync(), postgres: null, example);

    /// <summary>A second database, with the same roles.</summary>
    public async Task<string> AnotherDatabaseAsync(string example)
    {
        var url = await Postgres.CreateDatabaseAsync();
        var lines = await File.ReadAllLinesAsync(ExampleFiles.In($"{example}/roles.sql"));
        await PostgresServer.ExecuteAsync(
            url,
            string.Join('\n', lines.Where(line => !line.StartsWith("CREATE ROLE", StringComparison.Ordinal)))
        );
        return url;
    }

    /// <summary>The URL of a database for the user in a Secret of the example.</summary>
    public async Task<string> UrlAsync(string secret, string? database = null)
    {
        var user = await SecretAsync(secret);
        return (database ?? Database).Replace(
            $"{PostgresServer.User}:{PostgresServer.Password}@",
            $"{user["PGUSER"]}:{user["PGPASSWORD"]}@",
            StringComparison.Ordinal
        );
    }

    /// <summary>Applies manifests of the examples, and waits until the rights in them hold.</summary>
    /// <param name="manifests">Paths below examples.</param>
    public Task ApplyAsync(params string[] manifests) =>
        ApplyTextAsync(string.Join("\n---\n", manifests.Select(manifest => ExampleFiles.Text(manifest, Form.File))));

    /// <summary>Applies a text of manifests.</summary>
    public async Task ApplyTextAsync(string manifests)
    {
        Cluster.Kubectl(NamespacePattern().Replace(manifests, $"namespace: {Cluster.Namespace}"), "apply", "--filename", "-");
        await RightsHoldAsync();
    }

    /// <summary>Applies the Secrets of <c>plain</c>, which other examples take from elsewhere.</summary>
    public Task ApplySecretsAsync()
    {
        var documents = ExampleFiles.Text("plain/config.yaml", Form.File).Split("\n---\n");
        return ApplyTextAsync(
            string.Join("\n---\n", documents.Where(document => document.Contains("kind: Secret", StringComparison.Ordinal)))
        );
    }

    /// <summary>Completes when the rights that the RoleBindings in the namespace give hold.</summary>
    public async Task RightsHoldAsync()
    {
        const string Rights = "/apis/rbac.authorization.k8s.io/v1/namespaces";
        foreach (var binding in (await Cluster.Admin.GetAsync($"{Rights}/{Cluster.Namespace}/rolebindings")).At("items").Items())
        {
            foreach (var rule in await Cluster.RulesAsync($"{Rights}/{Cluster.Namespace}/roles/{binding.At("roleRef", "name").Text()}"))
                await Cluster.Admin.UntilAllowedAsync(
                    Cluster.Namespace,
                    Cluster.Namespace,
                    binding.At("subjects")![0].At("name").Text()!,
                    rule
                );
        }
    }

    /// <summary>The Job's one pod, as soon as its controller has made it; it gets a node.</summary>
    public async Task<PlayedPod> JobPodAsync(string job)
    {
        var name = await Cluster.UnfinishedPodAsync(job);
        await Kubelet.OfAsync(Cluster.Admin);
        await Cluster.Admin.PostAsync(
            $"{Root}/pods/{name}/binding",
            Cluster.Parse(
                $$$"""
                {"apiVersion":"v1","kind":"Binding","metadata":{"name":"{{{name}}}"},
                 "target":{"apiVersion":"v1","kind":"Node","name":"{{{Kubelet.Node}}}"} }
                """
            )
        );
        return new PlayedPod(this, (await Cluster.Admin.GetAsync($"{Root}/pods/{name}"))!);
    }

    /// <summary>The pods of the service whose gate waits for a Job, as soon as there are so many.</summary>
    /// <param name="job">The Job's name.</param>
    /// <param name="count">How many.</param>
    public async Task<IReadOnlyList<PlayedPod>> ServicePodsAsync(string job, int count)
    {
        var found = await Cluster.UntilAsync($"{count} pods that wait for {job}", async () =>
        {
            var pods = (await Cluster.Admin.GetAsync($"{Root}/pods?labelSelector=app%3Dshop"))
                .At("items")
                .Items()
                .Where(pod =>
                    pod.At("metadata", "deletionTimestamp") is null
                    && pod.At("spec", "initContainers")![0].At("args")![0].Text() == $"job/{job}"
                )
                .Select(pod => pod.DeepClone())
                .ToArray();
            return pods.Length == count ? new JsonArray(pods) : null;
        });
        return [.. found.Items().Select(pod => new PlayedPod(this, pod))];
    }

    /// <summary>Starts the gates of the pods, and completes when each has seen the Job at work.</summary>
    public static async Task<IReadOnlyList<PlayedContainer>> StartGatesAsync(IEnumerable<PlayedPod> pods, string job)
    {
        var gates = await Task.WhenAll(pods.Select(pod => pod.StartGateAsync()));
        foreach (var gate in gates)
            await gate.Process.LogsAsync($"job/{job}: running");
        return gates;
    }

    /// <summary>Plays the pods of the service from their gates, which open, to the ready service.</summary>
    public async Task ServeAsync(IReadOnlyList<PlayedPod> pods)
    {
        await RightsHoldAsync();
        await OpenAsync(pods, await Task.WhenAll(pods.Select(pod => pod.StartGateAsync())));
    }

    /// <summary>The gates open, and the service is ready.</summary>
    public static async Task OpenAsync(IReadOnlyList<PlayedPod> pods, IReadOnlyList<PlayedContainer> gates)
    {
        foreach (var (gate, pod) in gates.Zip(pods))
        {
            Assert.True(await pod.FinishAsync(gate) == 0, gate.Process.Log);
            await pod.ServeAsync();
        }
    }

    /// <summary>Plays the Job's pod, which has no gate of its own, to its end.</summary>
    /// <returns>The exit code of <c>migrate</c>, and what it left.</returns>
    public async Task<(int ExitCode, string Log)> PlayJobAsync(string job)
    {
        var pod = await JobPodAsync(job);
        var migrate = await pod.StartMigrateAsync();
        return (await pod.FinishAsync(migrate), migrate.Process.Log);
    }

    /// <summary>Completes when the Deployment has so many ready pods.</summary>
    public Task ServiceIsReadyAsync(int pods) =>
        Cluster.UntilAsync($"{pods} ready pods of the service", async () =>
            (await Cluster.Admin.GetAsync($"/apis/apps/v1/namespaces/{Cluster.Namespace}/deployments/shop")).At("status") is { } status
            && ((int?)status.At("readyReplicas") ?? 0) == pods
                ? status
                : null
        );

    /// <summary>The Jobs that the completion record names.</summary>
    public async Task<IReadOnlyList<string>> RecordsAsync() =>
        [
            .. (await Cluster.Admin.GetAsync($"{Root}/configmaps"))
                .At("items")
                .Items()
                .FirstOrDefault(map => map.At("metadata", "name").Text() == "db-migrations")
                .At("data")
                .Entries()
                .Select(entry => entry.Key)
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>The values of a ConfigMap.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ConfigMapAsync(string name) =>
        (await Cluster.Admin.GetAsync($"{Root}/configmaps/{name}"))
            .At("data")
            .Entries()
            .ToDictionary(entry => entry.Key, entry => entry.Value.Text()!, StringComparer.Ordinal);

    /// <summary>The values of a Secret.</summary>
    public async Task<IReadOnlyDictionary<string, string>> SecretAsync(string name) =>
        (await Cluster.Admin.GetAsync($"{Root}/secrets/{name}"))
            .At("data")
            .Entries()
            .ToDictionary(
                entry => entry.Key,
                entry => Encoding.UTF8.GetString(Convert.FromBase64String(entry.Value.Text()!)),
                StringComparer.Ordinal
            );

    /// <summary>Gives the image one file more than the example has.</summary>
    public void AddScript(string folder, string name, string text)
    {
        var copy = Directory.CreateDirectory(Cluster.NewFile()).FullName;
        foreach (var file in Directory.EnumerateFiles(Image[folder]))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        File.WriteAllText(Path.Combine(copy, name), text);
        Image[folder] = copy;
    }

    /// <summary>All rows of a query, as the superuser.</summary>
    public Task<IReadOnlyList<string>> QueryAsync(string sql) => PostgresServer.QueryAsync(Database, sql);

    /// <summary>A container's arguments, with the folders of its image found here.</summary>
    public string[] Here(IEnumerable<string> arguments) => [.. arguments.Select(word => string.Join(',', word.Split(',').Select(Here)))];

    /// <summary>Takes a process that ends with the flow at the latest.</summary>
    public void Own(NativeGate process) => _processes.Add(process);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
        Cluster.Dispose();
    }

    private string Here(string path) =>
        Image.FirstOrDefault(folder => path == folder.Key || path.StartsWith(folder.Key + "/", StringComparison.Ordinal))
            is { Key: { } inside, Value: var outside }
            ? outside + path[inside.Length..]
            : path;

    [GeneratedRegex(@"^COPY (?<from>\S+) (?<to>/\S+)$", RegexOptions.Multiline)]
    private static partial Regex CopyPattern();

    [GeneratedRegex(@"\bnamespace: shop\b(?!-)")]
    private static partial Regex NamespacePattern();
}

/// <summary>A test of a flow. Skipped where a control plane, PostgreSQL, kubectl or a binary is missing; in tests/run it fails
/// there.</summary>
internal sealed class FlowFactAttribute : FactAttribute
{
    public FlowFactAttribute() => Skip = WhyNot;

    public static string? WhyNot => ClusterAndPostgresFactAttribute.WhyNot ?? Tool.WhyNot;
}

/// <summary>As <see cref="FlowFactAttribute"/>, for a table.</summary>
internal sealed class FlowTheoryAttribute : TheoryAttribute
{
    public FlowTheoryAttribute() => Skip = FlowFactAttribute.WhyNot;
}
