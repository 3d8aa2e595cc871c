using System.Text.Json.Nodes;
using WaitFor.Cluster.Tests.Examples;

namespace WaitFor.Cluster.Tests.Flows;

/// <summary>The chart <c>shop</c> as a release of Helm in a flow's namespace. Helm is real, and so are the controllers; the test is the
/// kubelet.</summary>
/// <param name="flow">The flow.</param>
/// <param name="folder">The chart's folder.</param>
internal sealed class ShopChart(Flow flow, string folder)
{
    /// <summary>Longer than a hook takes that the test plays.</summary>
    private const string Patience = "90s";

    public ShopChart(Flow flow)
        : this(flow, ExampleFiles.In("helm/shop")) { }

    /// <summary>The name of a release's Job.</summary>
    public static string Job(string release) => $"db-migrate-{release}";

    /// <summary>Starts <c>helm install</c> or <c>helm upgrade</c> for a release of the service.</summary>
    public Task<Ended> StartAsync(string verb, string release, params string[] arguments) =>
        flow.Cluster.HelmAsync([verb, "shop", folder, "--set", $"release={release}", "--timeout", Patience, .. arguments]);

    /// <summary>Runs Helm with another command than these.</summary>
    /// <returns>Its output.</returns>
    public async Task<string> RunAsync(params string[] arguments) => Succeeded(await flow.Cluster.HelmAsync(arguments));

    /// <summary>Runs <c>helm install</c> or <c>helm upgrade</c>, and plays the migration: the pod of its Job ends well.</summary>
    public async Task DeployAsync(string verb, string release, params string[] arguments)
    {
        var helm = StartAsync(verb, release, arguments);
        await JobIsMadeAsync(helm, release);
        await flow.Cluster.FinishPodAsync(Job(release), succeeded: true);
        Succeeded(await helm);
    }

    /// <summary>The same with the migrator itself, on the flow's database.</summary>
    public async Task MigrateAsync(string verb, string release, params string[] arguments)
    {
        var helm = StartAsync(verb, release, arguments);
        var (exitCode, log) = await PlayHookAsync(helm, release);
        Assert.True(exitCode == 0, log);
        Succeeded(await helm);
    }

    /// <summary>Plays the pod of the hook that Helm waits for.</summary>
    /// <returns>The exit code of <c>migrate</c>, and its log.</returns>
    public async Task<(int ExitCode, string Log)> PlayHookAsync(Task<Ended> helm, string release)
    {
        await JobIsMadeAsync(helm, release);
        await flow.RightsHoldAsync();
        return await flow.PlayJobAsync(Job(release));
    }

    /// <summary>The statuses of the revisions, in their order.</summary>
    public async Task<IReadOnlyList<string>> HistoryAsync() =>
        [
            .. JsonNode
                .Parse(await RunAsync("history", "shop", "--output", "json"))
                .Items()
                .Select(revision => revision.At("status").Text()!),
        ];

    /// <summary>The names of Jobs in the namespace.</summary>
    public async Task<IReadOnlyList<string>> JobsAsync() =>
        [
            .. (await flow.Cluster.Admin.GetAsync($"/apis/batch/v1/namespaces/{flow.Cluster.Namespace}/jobs"))
                .At("items")
                .Items()
                .Select(job => job.At("metadata", "name").Text()!),
        ];

    /// <summary>The Deployment.</summary>
    public async Task<JsonNode> DeploymentAsync() =>
        (await flow.Cluster.Admin.GetAsync($"/apis/apps/v1/namespaces/{flow.Cluster.Namespace}/deployments/shop"))!;

    /// <exception cref="InvalidOperationException">Helm has ended without it.</exception>
    private Task<JsonNode> JobIsMadeAsync(Task<Ended> helm, string release) => Cluster.UntilAsync($"Job {Job(release)}", async () =>
        {
            var ended = helm.IsCompleted;
            if ((await JobsAsync()).Contains(Job(release)))
                return JsonValue.Create(true);
            return ended ? throw new InvalidOperationException($"Helm made no Job {Job(release)}: {await helm}") : null;
        });

    private static string Succeeded(Ended helm)
    {
        Assert.True(helm.ExitCode == 0, helm.ToString());
        return helm.Output;
    }
}
