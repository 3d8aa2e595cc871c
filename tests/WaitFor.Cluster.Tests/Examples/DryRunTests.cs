using System.Text.Json.Nodes;
using k8s.Autorest;
using WaitFor.Testing;
using Xunit.Abstractions;

namespace WaitFor.Cluster.Tests.Examples;

/// <summary>A control plane with the namespaces of the examples, and the kinds that they take from elsewhere.</summary>
public sealed class ExampleControlPlane : IAsyncLifetime
{
    /// <summary>Kinds of operators that are not here. The server takes any fields of theirs: what they mean is held to by
    /// <see cref="ToolTests"/> alone.</summary>
    private static readonly (string Group, string Version, string Kind, string Plural)[] Foreign =
    [
        ("kustomize.toolkit.fluxcd.io", "v1", "Kustomization", "kustomizations"),
        ("argoproj.io", "v1alpha1", "Application", "applications"),
        ("external-secrets.io", "v1", "ExternalSecret", "externalsecrets"),
    ];

    private ControlPlane? _control;

    internal ControlPlane Control => _control ?? throw new InvalidOperationException("not started");

    /// <summary>One of its own: other tests make a namespace "shop" on theirs.</summary>
    public async Task InitializeAsync()
    {
        if (DryRunFactAttribute.WhyNot is not null)
            return;
        _control = await ControlPlane.StartAsync(
            ControlPlaneAssets.Find() ?? throw new InvalidOperationException("there is no control plane: run tests/control-plane")
        );
        foreach (var name in new[] { "shop", "flux-system", "argocd" })
            await _control.Admin.CreateNamespaceExactlyAsync(name);
        foreach (var (group, version, kind, plural) in Foreign)
            await DefineAsync(group, version, kind, plural);
    }

    public async Task DisposeAsync()
    {
        if (_control is not null)
            await _control.DisposeAsync();
    }

    internal static bool IsForeign(string kind) => Foreign.Any(foreign => foreign.Kind == kind);

    private async Task DefineAsync(string group, string version, string kind, string plural)
    {
        const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        await Control.Admin.PostAsync(
            Definitions,
            JsonNode.Parse(
                $$$"""
                {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"{{{plural}}}.{{{group}}}"},
                 "spec":{"group":"{{{group}}}","scope":"Namespaced","names":{"kind":"{{{kind}}}","plural":"{{{plural}}}"},
                         "versions":[{"name":"{{{version}}}","served":true,"storage":true,
                                      "schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true} } }]} }
                """
            )!
        );
        await Cluster.UntilAsync($"served {kind}", async () =>
        {
            try
            {
                return await Control.Admin.GetAsync($"/apis/{group}/{version}/namespaces/shop/{plural}");
            }
            catch (HttpOperationException)
            {
                return null;
            }
        });
    }
}

/// <summary>Hands every manifest to a real API server, as <c>kubectl apply</c> does, but for the last step.</summary>
public sealed class DryRunTests(ExampleControlPlane plane, ITestOutputHelper output) : IClassFixture<ExampleControlPlane>
{
    public static TheoryData<string> Units() => [.. ExampleFiles.Units.Select(unit => unit.Path)];

    [DryRunTheory]
    [MemberData(nameof(Units))]
    public void The_API_server_takes_it(string manifest)
    {
        var form = ExampleFiles.Units.First(unit => unit.Path == manifest).Form;
        var objects = ExampleFiles.Objects(manifest, form);
        Assert.NotEmpty(objects);
        var answer = Apply(ExampleFiles.Text(manifest, form));
        Assert.Equal(
            objects.Count,
            answer
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Count(line => line.EndsWith(" created (server dry run)", StringComparison.Ordinal))
        );
        foreach (var foreign in objects.Where(item => ExampleControlPlane.IsForeign(item.Kind)))
            output.WriteLine($"{foreign}: against a definition that takes any fields");
    }

    /// <summary>The value is refused by the server, the field (where that is older than 1.25) by kubectl with the server's
    /// schema.</summary>
    [DryRunFact]
    public void A_wrong_value_and_an_unknown_field_are_refused()
    {
        var job = ExampleFiles.Text("plain/job.yaml", Form.File);
        var refusal = Assert.Throws<InvalidOperationException>(() =>
            Apply(job.Replace("restartPolicy: Never", "restartPolicy: Always", StringComparison.Ordinal))
        );
        Assert.Contains("spec.template.spec.restartPolicy", refusal.Message, StringComparison.Ordinal);
        refusal = Assert.Throws<InvalidOperationException>(() =>
            Apply(job.Replace("backoffLimit:", "backofLimit:", StringComparison.Ordinal))
        );
        Assert.Contains("backofLimit", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>The cache of its own: what kubectl remembers is of another server that had this port.</summary>
    private string Apply(string manifests) =>
        Tool.RunKubectl(
            [
                "--kubeconfig",
                plane.Control.KubeConfigFile,
                "--cache-dir",
                Path.Combine(plane.Control.Folder, "kubectl"),
                "apply",
                "--dry-run=server",
                "--filename",
                "-",
            ],
            manifests
        );
}

/// <summary>A test of a manifest on a real API server. Skipped where that or kubectl is missing; in tests/run it fails there.</summary>
internal sealed class DryRunFactAttribute : FactAttribute
{
    public DryRunFactAttribute() => Skip = WhyNot;

    public static string? WhyNot => Cluster.WhyNot ?? Tool.WhyNot;
}

/// <summary>As <see cref="DryRunFactAttribute"/>, for a table.</summary>
internal sealed class DryRunTheoryAttribute : TheoryAttribute
{
    public DryRunTheoryAttribute() => Skip = DryRunFactAttribute.WhyNot;
}
