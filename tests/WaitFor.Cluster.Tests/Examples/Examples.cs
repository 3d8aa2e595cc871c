using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using WaitFor.Testing;

namespace WaitFor.Cluster.Tests.Examples;

/// <summary>An object of an example.</summary>
/// <param name="Unit">Where it stands.</param>
/// <param name="Node">The object.</param>
internal sealed record ExampleObject(string Unit, JsonObject Node)
{
    public string Kind => Node.At("kind").Text() ?? "";

    public string Name => Node.At("metadata", "name").Text() ?? "";

    /// <summary>The pod that a Job or a Deployment makes; null for other objects.</summary>
    public JsonNode? Pod => Kind is "Job" or "Deployment" ? Node.At("spec", "template", "spec") : null;

    public IEnumerable<Container> InitContainers => Pod.At("initContainers").Items().Select(node => new Container(this, node));

    public IEnumerable<Container> Containers =>
        InitContainers.Concat(Pod.At("containers").Items().Select(node => new Container(this, node)));

    public string? Annotation(string name) => Node.At("metadata", "annotations", name).Text();

    public override string ToString() => $"{Unit}: {Kind} {Name}";
}

/// <summary>A container of a pod.</summary>
internal sealed record Container(ExampleObject Owner, JsonNode Node)
{
    public string Image => Node.At("image").Text() ?? "";

    public string[] Arguments => [.. Node.At("args").Items().Select(word => word.Text()!)];

    public bool IsGate => Image.Contains("/wait-for:", StringComparison.Ordinal);

    /// <summary>Also in the images of other tools, whose entry point it is.</summary>
    public bool IsMigrate => Image.Contains("/shop-migrate", StringComparison.Ordinal);

    /// <summary>The ConfigMap of <c>--record</c>; null where it has none.</summary>
    public string? Record => Arguments.SkipWhile(word => word != "--record").Skip(1).FirstOrDefault();

    public override string ToString() => $"{Owner}, container {Node.At("name").Text()}";
}

/// <summary>A manifest: a file, a folder that kustomize builds, or a chart.</summary>
internal enum Form
{
    File,
    Kustomize,
    Chart,
}

/// <summary>The examples, as they are applied.</summary>
internal static class ExampleFiles
{
    public const string Release = "v42";

    private static readonly ConcurrentDictionary<string, Lazy<string>> Texts = new(StringComparer.Ordinal);

    /// <summary>What is applied together. A file of manifests that is in none of them is found by a test.</summary>
    public static IReadOnlyDictionary<string, (string Path, Form Form)[]> Stacks { get; } =
        new Dictionary<string, (string, Form)[]>(StringComparer.Ordinal)
        {
            ["plain"] = Files("plain"),
            ["flux-kustomize"] = [("flux-kustomize/app", Form.Kustomize), ("flux-kustomize/flux.yaml", Form.File)],
            ["helm"] = [("helm/shop", Form.Chart)],
            ["argo-cd"] = [("argo-cd/manifests", Form.Kustomize), ("argo-cd/application.yaml", Form.File)],
            ["argo-cd/presync"] = [("argo-cd/presync", Form.Kustomize)],
            ["expand-contract"] = Files("expand-contract"),
            ["external-secrets/envfrom"] = [.. Files("external-secrets"), .. Files("external-secrets/envfrom")],
            ["external-secrets/files"] = [.. Files("external-secrets"), .. Files("external-secrets/files")],
            ["other-tools/prisma"] = [.. Files("other-tools"), .. Files("other-tools/prisma")],
            ["other-tools/alembic"] = [.. Files("other-tools"), .. Files("other-tools/alembic")],
            ["other-tools/liquibase"] = [.. Files("other-tools"), .. Files("other-tools/liquibase")],
            ["other-tools/flyway"] = [.. Files("other-tools"), .. Files("other-tools/flyway")],
        };

    public static string Root => Path.Combine(Repository.Root, "examples");

    public static IEnumerable<(string Path, Form Form)> Units => Stacks.Values.SelectMany(units => units).Distinct();

    /// <summary>The objects of a unit.</summary>
    public static IReadOnlyList<ExampleObject> Objects(string path, Form form) =>
        [.. Yaml.Read(Text(path, form)).Select(node => new ExampleObject(path, node))];

    /// <summary>The objects of a stack.</summary>
    public static IReadOnlyList<ExampleObject> Objects(string stack) =>
        [.. Stacks[stack].SelectMany(unit => Objects(unit.Path, unit.Form))];

    /// <summary>The Roles for gates, and their bindings.</summary>
    public static IReadOnlyList<ExampleObject> GateAccess(IReadOnlyList<ExampleObject> objects)
    {
        var access = objects
            .Where(item => item.Kind is "Role" or "RoleBinding" && item.Name.StartsWith("wait-for-", StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(access);
        return access;
    }

    /// <summary>A unit as it is handed to the API server.</summary>
    public static string Text(string path, Form form) =>
        Texts
            .GetOrAdd(path, _ => new Lazy<string>(() =>
                form switch
                {
                    Form.Kustomize => Tool.RunKubectl(["kustomize", In(path)]),
                    Form.Chart => Tool.Render(In(path)),
                    _ => File.ReadAllText(In(path)),
                }
            ))
            .Value;

    public static string In(string path) => Path.Combine(Root, path);

    public static string Relative(string file) => Path.GetRelativePath(Root, file);

    private static (string, Form)[] Files(string folder) =>
        [.. Directory.EnumerateFiles(In(folder), "*.yaml").Order(StringComparer.Ordinal).Select(file => (Relative(file), Form.File))];
}
