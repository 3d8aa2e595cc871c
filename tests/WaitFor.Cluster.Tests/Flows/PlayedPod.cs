using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using WaitFor.Cluster.Tests.Examples;
using WaitFor.Testing;

namespace WaitFor.Cluster.Tests.Flows;

/// <summary>A pod as the server has it. Its containers are the native binaries, with the arguments, the environment and the service account
/// that the pod gives them.</summary>
internal sealed partial class PlayedPod(Flow flow, JsonNode pod)
{
    private const string ServiceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    private readonly ExampleObject _owner = new("on the server", pod.AsObject());

    public string Name => _owner.Name;

    /// <summary>Starts the gate among the init containers.</summary>
    /// <param name="more">Environment variables that the pod does not give it, such as a time-out for which a test can wait.</param>
    public Task<PlayedContainer> StartGateAsync(params (string Name, string Value)[] more) =>
        StartAsync(Containers("initContainers").Single(container => container.IsGate), Repository.Gate, more);

    /// <summary>Starts the migrator.</summary>
    public Task<PlayedContainer> StartMigrateAsync() =>
        StartAsync(Containers("containers").Single(container => container.IsMigrate), Repository.Migrate);

    /// <summary>Waits for the container's end, and writes it into the pod's status as the kubelet does; its log can be read from then
    /// on.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> FinishAsync(PlayedContainer container)
    {
        var exitCode = await container.Process.ExitAsync();
        (await Kubelet.OfAsync(flow.Cluster.Admin)).Log(
            flow.Cluster.Namespace,
            Name,
            container.Name,
            container.Process.Log.TrimEnd('\n').Split('\n')
        );
        var isGate = Containers("initContainers").Any(gate => gate.Node.At("name").Text() == container.Name);
        var status = new JsonObject
        {
            [isGate ? "initContainerStatuses" : "containerStatuses"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = container.Name,
                    ["image"] = container.Image,
                    ["imageID"] = container.Image,
                    ["ready"] = exitCode == 0,
                    ["restartCount"] = 0,
                    ["state"] = new JsonObject
                    {
                        ["terminated"] = new JsonObject
                        {
                            ["exitCode"] = exitCode,
                            ["reason"] = exitCode == 0 ? "Completed" : "Error",
                            ["message"] = container.Message,
                            ["startedAt"] = Golden.Now(),
                            ["finishedAt"] = Golden.Now(),
                        },
                    },
                }
            ),
        };
        // A failed init container ends a pod that is not restarted, and an open gate lets the next container start.
        if (exitCode == 0 ? !isGate : pod.At("spec", "restartPolicy").Text() == "Never")
            status["phase"] = exitCode == 0 ? "Succeeded" : "Failed";
        await flow.Cluster.Admin.SetPodStatusAsync(flow.Cluster.Namespace, Name, status);
        return exitCode;
    }

    /// <summary>The gate has opened, and the service runs and is ready.</summary>
    public Task ServeAsync() =>
        flow.Cluster.Admin.SetPodStatusAsync(
            flow.Cluster.Namespace,
            Name,
            Cluster.Parse("""{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}""")
        );

    private IEnumerable<Container> Containers(string kind) => pod.At("spec", kind).Items().Select(node => new Container(_owner, node));

    private async Task<PlayedContainer> StartAsync(Container container, string executable, params (string Name, string Value)[] more)
    {
        // The server has put the mount there, or not: the manifest says whether it shall.
        var token = container.Node.At("volumeMounts").Items().Any(mount => mount.At("mountPath").Text() == ServiceAccountFolder)
            ? await flow.Cluster.Admin.CreateServiceAccountTokenAsync(flow.Cluster.Namespace, pod.At("spec", "serviceAccountName").Text()!)
            : "";
        var message = flow.Cluster.NewFile();
        var process = flow.Cluster.StartWith(
            executable,
            token,
            [.. flow.Here(container.Arguments), "--termination-log", message],
            [.. await EnvironmentAsync(container), .. more]
        );
        flow.Own(process);
        return new PlayedContainer(container.Node.At("name").Text()!, container.Image, process, message);
    }

    private async Task<(string Name, string Value)[]> EnvironmentAsync(Container container)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var source in container.Node.At("envFrom").Items())
        {
            var values = source.At("configMapRef", "name").Text() is { } map
                ? await flow.ConfigMapAsync(map)
                : await flow.SecretAsync(source.At("secretRef", "name").Text()!);
            foreach (var (name, value) in values)
                variables[name] = value;
        }

        foreach (var entry in container.Node.At("env").Items())
            variables[entry.At("name").Text()!] = entry.At("value").Text() ?? Field(entry.At("valueFrom", "fieldRef", "fieldPath").Text()!);

        // The one thing that cannot be as it is written: the host's name is of the user's cluster.
        if (variables.Remove("PGHOST"))
            (variables["PGHOST"], variables["PGPORT"]) = ("127.0.0.1", flow.PostgresPort.ToString(CultureInfo.InvariantCulture));
        return [.. variables.Select(variable => (variable.Key, variable.Value))];
    }

    /// <exception cref="InvalidDataException">The pod has no such label.</exception>
    private string Field(string path) =>
        LabelPattern().Match(path) is { Success: true } label
        && pod.At("metadata", "labels", label.Groups["name"].Value).Text() is { } value
            ? value
            : throw new InvalidDataException($"the pod {Name} has no {path}");

    [GeneratedRegex(@"^metadata\.labels\['(?<name>[^']+)'\]$")]
    private static partial Regex LabelPattern();
}

/// <summary>A container at work, or at its end.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Image">Its image.</param>
/// <param name="Process">The process.</param>
/// <param name="MessageFile">Where it leaves its termination message.</param>
internal sealed record PlayedContainer(string Name, string Image, NativeGate Process, string MessageFile)
{
    /// <summary>Its termination message; empty where it left none.</summary>
    public string Message => File.Exists(MessageFile) ? File.ReadAllText(MessageFile) : "";
}
