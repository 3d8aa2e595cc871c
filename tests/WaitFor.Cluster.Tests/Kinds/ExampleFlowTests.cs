using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using WaitFor.Cluster.Tests.Examples;
using WaitFor.Testing;

namespace WaitFor.Cluster.Tests.Kinds;

/// <summary>Each example is applied by kubectl, and <c>wait-for -f</c> waits for all of it; the test plays the kubelet.</summary>
public sealed partial class ExampleFlowTests
{
    /// <summary>Those whose kinds every cluster has.</summary>
    public static TheoryData<string> Units() =>
        [
            .. ExampleFiles
                .Units.Where(unit =>
                    ExampleFiles.Objects(unit.Path, unit.Form).All(item => !ExampleControlPlane.IsForeign(item.Kind))
                    && !ExampleFiles.Text(unit.Path, unit.Form).Contains("/hook:", StringComparison.Ordinal)
                )
                .Select(unit => unit.Path)
                .Distinct(StringComparer.Ordinal),
        ];

    [DryRunTheory]
    [MemberData(nameof(Units))]
    public async Task All_of_an_example_is_waited_for(string path)
    {
        using var cluster = await Cluster.CreateAsync();
        await Kubelet.OfAsync(cluster.Admin);
        var manifests = ExampleFiles
            .Text(path, ExampleFiles.Units.First(unit => unit.Path == path).Form)
            .Replace("namespace: shop", $"namespace: {cluster.Namespace}", StringComparison.Ordinal);
        var file = cluster.NewFile() + ".yaml";
        await File.WriteAllTextAsync(file, manifests);
        await using var gate = cluster.Gate($"-f {file} --timeout 5m");
        await gate.LogsAsync(": not found");
        foreach (var account in AccountPattern().Matches(manifests).Select(match => match.Groups["name"].Value).Distinct())
        {
            if (!manifests.Contains("kind: ServiceAccount", StringComparison.Ordinal))
                await cluster.Admin.CreateServiceAccountAsync(cluster.Namespace, account);
        }

        cluster.Kubectl(manifests, "apply", "-f", "-");

        var ended = gate.ExitAsync();
        await Cluster.UntilAsync(
            $"the end of the gate\n{gate.Log}",
            async () =>
            {
                await PlayAsync(cluster);
                return ended.IsCompleted ? new JsonObject() : null;
            }
        );

        Assert.True(await ended == 0, gate.Log);
    }

    [GeneratedRegex("serviceAccountName: (?<name>[a-z0-9-]+)")]
    private static partial Regex AccountPattern();

    private static async Task StartAsync(Cluster cluster, string pod)
    {
        await cluster.Admin.PostAsync(
            $"/api/v1/namespaces/{cluster.Namespace}/pods/{pod}/binding",
            Cluster.Parse(
                $$$"""
                {"apiVersion":"v1","kind":"Binding","metadata":{"name":"{{{pod}}}"},"target":{"kind":"Node","name":"{{{Kubelet.Node}}}"} }
                """
            )
        );
        await cluster.SetReadyAsync(pod, ready: true);
    }

    /// <summary>Jobs succeed; what else runs is ready.</summary>
    private static async Task PlayAsync(Cluster cluster)
    {
        foreach (var pod in (await cluster.Admin.GetAsync($"/api/v1/namespaces/{cluster.Namespace}/pods"))!["items"]!.AsArray())
        {
            if (pod!["status"]!["phase"]!.GetValue<string>() != "Pending")
                continue;
            if ((string?)pod["metadata"]!["ownerReferences"]?[0]!["kind"] == "Job")
                await cluster.Admin.SetPodStatusAsync(
                    cluster.Namespace,
                    (string)pod["metadata"]!["name"]!,
                    Cluster.Parse("""{"phase":"Succeeded"}""")
                );
            else
                await StartAsync(cluster, (string)pod["metadata"]!["name"]!);
        }
    }
}
