using System.Text.Json.Nodes;
using WaitFor.Testing;

namespace WaitFor.Image.Tests;

/// <summary>A real control plane for the tests of a class.</summary>
public sealed class LiveCluster : IAsyncLifetime
{
    private ControlPlane? _control;

    /// <summary>The API server.</summary>
    public Uri Server => Control.Server;

    private ControlPlane Control => _control ?? throw new InvalidOperationException("the control plane was not started");

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        if (ImageFactAttribute.WhyNot is null)
            _control = await ControlPlane.StartAsync(
                ControlPlaneAssets.Find() ?? throw new InvalidOperationException("there is no control plane: run tests/control-plane")
            );
    }

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        if (_control is not null)
            await _control.DisposeAsync();
    }

    /// <summary>A namespace whose service account <c>gate</c> can list and watch Jobs and pods.</summary>
    /// <returns>The namespace, and the file system of a pod with that account and an image's files.</returns>
    internal async Task<(string Namespace, EmptyRoot Root)> PodAsync(OciImage image)
    {
        var space = await Control.Admin.CreateNamespaceAsync("image");
        await Control.Admin.CreateServiceAccountAsync(space, "gate");
        await Control.Admin.AllowAsync(
            space,
            "gate",
            new AccessRule("batch", ["jobs"], ["list", "watch"]),
            new AccessRule("", ["pods"], ["list", "watch"])
        );
        var token = await Control.Admin.CreateServiceAccountTokenAsync(space, "gate");
        var root = new EmptyRoot(await File.ReadAllTextAsync(Control.CaFile), token, space);
        image.Unpack(root.Folder);
        return (space, root);
    }

    /// <summary>A Job that the controllers leave alone.</summary>
    public Task CreateJobAsync(string space, string name) =>
        Control.Admin.PostYamlAsync(
            $"/apis/batch/v1/namespaces/{space}/jobs",
            $$"""
            apiVersion: batch/v1
            kind: Job
            metadata: {name: {{name}}}
            spec:
              suspend: true
              template:
                spec:
                  restartPolicy: Never
                  containers: [{name: migrate, image: none}]
            """
        );

    /// <summary>Ends a Job well.</summary>
    public Task CompleteJobAsync(string space, string name) =>
        Control.Admin.SetJobStatusAsync(space, name, JsonNode.Parse("""{"conditions":[{"type":"Complete","status":"True"}]}""")!);

    /// <summary>A pod that is ready, as a kubelet would say.</summary>
    public async Task CreateReadyPodAsync(string space, string name, string app)
    {
        await Control.Admin.PostYamlAsync(
            $"/api/v1/namespaces/{space}/pods",
            $$"""
            apiVersion: v1
            kind: Pod
            metadata:
              name: {{name}}
              labels: {app: {{app}}}
            spec:
              containers: [{name: main, image: none}]
            """
        );
        await Control.Admin.SetPodStatusAsync(
            space,
            name,
            JsonNode.Parse("""{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}""")!
        );
    }
}
