using System.Text.Json.Nodes;
using WaitFor.Testing;

namespace WaitFor.Cluster.Tests.Examples;

/// <summary>The commands of README.md, as they stand, one after the other, by a person with the binaries on the PATH and a
/// kubeconfig.</summary>
public sealed class ReadmeCommandTests
{
    /// <summary>Commands that tests/run itself runs, or is.</summary>
    private static readonly string[] Elsewhere = ["dotnet run --project examples/Quickstart", "tests/run"];

    [DryRunFact]
    public async Task Every_command_of_the_README_works()
    {
        await using var control = await ControlPlane.StartAsync(
            ControlPlaneAssets.Find() ?? throw new InvalidOperationException("there is no control plane: run tests/control-plane")
        );
        // Under its own name, wherever it is.
        var tools = Directory.CreateDirectory(Path.Combine(control.Folder, "tools")).FullName;
        File.CreateSymbolicLink(Path.Combine(tools, "kubectl"), Path.GetFullPath(Tool.Kubectl));
        var commands = Commands();
        Assert.All(Elsewhere, command => Assert.Contains(command, commands));

        foreach (var command in commands.Except(Elsewhere))
        {
            Tool.Run(
                "/bin/bash",
                [
                    "-c",
                    $"set -euo pipefail; cd '{Repository.Root}'; export KUBECONFIG='{control.KubeConfigFile}' "
                        + $"PATH='{Path.GetDirectoryName(Repository.Gate)}:{tools}':$PATH; {command}",
                ]
            );
            if (command == "kubectl apply -f examples/plain")
                await PlayTheClusterAsync(control.Admin);
        }
    }

    /// <summary>What nodes and controllers would bring about, if a cluster had any: the Job is done, and the other targets are
    /// ready.</summary>
    private static async Task PlayTheClusterAsync(Administrator admin)
    {
        var pod = await Cluster.UntilAsync("pod of the Job", async () =>
            (await admin.GetAsync("/api/v1/namespaces/shop/pods?labelSelector=job-name%3Ddb-migrate-v42"))!["items"]!
                .AsArray()
                .FirstOrDefault()
        );
        await admin.SetPodStatusAsync("shop", (string)pod["metadata"]!["name"]!, JsonNode.Parse("""{"phase":"Succeeded"}""")!);
        foreach (var app in new[] { "db", "cache" })
        {
            await admin.PostAsync(
                "/api/v1/namespaces/shop/pods",
                JsonNode.Parse(
                    $$"""
                    {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{app}}","labels":{"app":"{{app}}"} },
                     "spec":{"containers":[{"name":"main","image":"none"}]} }
                    """
                )!
            );
            await admin.SetPodStatusAsync(
                "shop",
                app,
                JsonNode.Parse("""{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}""")!
            );
        }

        await admin.PostAsync(
            "/api/v1/namespaces/shop/services",
            JsonNode.Parse("""{"apiVersion":"v1","kind":"Service","metadata":{"name":"shop"},"spec":{"ports":[{"port":80}]} }""")!
        );
        await admin.PostAsync(
            "/api/v1/namespaces/shop/endpoints",
            JsonNode.Parse(
                """
                {"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"shop"},
                 "subsets":[{"addresses":[{"ip":"10.0.0.1"}],"ports":[{"port":80}]}]}
                """
            )!
        );
    }

    /// <summary>The lines of all fences that say <c>sh</c>.</summary>
    private static List<string> Commands()
    {
        var commands = new List<string>();
        var within = false;
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "README.md")))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                within = line == "```sh";
            else if (within)
                commands.Add(line);
        }

        return commands;
    }
}
